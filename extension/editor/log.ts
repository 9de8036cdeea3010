/** The extension's own log, apart from what steps and applications print. */
import * as vscode from 'vscode';

let channel: vscode.LogOutputChannel | null = null;

export function log(): vscode.LogOutputChannel {
    channel ??= vscode.window.createOutputChannel('Livepush', { log: true });
    return channel;
}

export function disposeLog(): void {
    channel?.dispose();
    channel = null;
}

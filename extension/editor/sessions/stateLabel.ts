/** The states of a session in words and pictures, the same everywhere. */
import * as vscode from 'vscode';
import type { DisplayState } from '../../protocol/messages.js';

export function stateLabel(state: DisplayState): string {
    switch (state) {
        case 'starting':
            return vscode.l10n.t('Starting');
        case 'live':
            return vscode.l10n.t('Live');
        case 'pushing':
            return vscode.l10n.t('Pushing');
        case 'paused':
            return vscode.l10n.t('Paused');
        case 'owed':
            return vscode.l10n.t('Owed');
        case 'failed':
            return vscode.l10n.t('Failed');
        case 'down':
            return vscode.l10n.t('Container Down');
        case 'gone':
            return vscode.l10n.t('Container Removed');
        case 'rebuilding':
            return vscode.l10n.t('Rebuilding');
        case 'closed':
            return vscode.l10n.t('Stopped');
        case 'none':
            return vscode.l10n.t('No Session');
    }
}

const icons: Readonly<Record<DisplayState, string>> = {
    starting: 'loading~spin',
    live: 'zap',
    pushing: 'sync~spin',
    paused: 'debug-pause',
    owed: 'warning',
    failed: 'error',
    down: 'debug-disconnect',
    gone: 'trash',
    rebuilding: 'loading~spin',
    closed: 'circle-slash',
    none: 'circle-outline',
};

/** Name of the codicon of a state. */
export function stateIcon(state: DisplayState): string {
    return icons[state];
}

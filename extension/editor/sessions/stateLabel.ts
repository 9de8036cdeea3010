/** The states of a session in words and pictures, the same everywhere. */
import * as vscode from 'vscode';
import type { DisplayState } from '../../protocol/messages.js';

/** `held` is how many changed files wait for the end of a pause. */
export function stateLabel(state: DisplayState, held = 0): string {
    switch (state) {
        case 'starting':
            return vscode.l10n.t('Starting');
        case 'live':
            return vscode.l10n.t('Live');
        case 'pushing':
            return vscode.l10n.t('Pushing');
        case 'paused':
            if (held === 0) return vscode.l10n.t('Paused');
            return held === 1
                ? vscode.l10n.t('Paused (1 change)')
                : vscode.l10n.t('Paused ({0} changes)', held);
        case 'pushFailed':
            return vscode.l10n.t('Push failed');
        case 'pushIncomplete':
            return vscode.l10n.t('Push incomplete');
        case 'failed':
            return vscode.l10n.t('Start failed');
        case 'down':
            return vscode.l10n.t('Down');
        case 'gone':
            return vscode.l10n.t('Removed');
        case 'rebuilding':
            return vscode.l10n.t('Rebuilding');
        case 'closed':
            return vscode.l10n.t('Stopped');
        case 'none':
            return vscode.l10n.t('No session');
    }
}

const icons: Readonly<Record<DisplayState, string>> = {
    starting: 'loading~spin',
    live: 'zap',
    pushing: 'sync~spin',
    paused: 'debug-pause',
    pushFailed: 'error',
    pushIncomplete: 'warning',
    failed: 'error',
    down: 'debug-disconnect',
    gone: 'trash',
    rebuilding: 'loading~spin',
    closed: 'circle-slash',
    none: 'circle-outline',
};

/** Whether a push failed or was cancelled, so that the next one carries on. */
export function hasPendingWork(state: DisplayState): boolean {
    return state === 'pushFailed' || state === 'pushIncomplete';
}

/** Name of the codicon of a state. */
export function stateIcon(state: DisplayState): string {
    return icons[state];
}

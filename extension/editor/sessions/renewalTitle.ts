import * as vscode from 'vscode';

/** What `commands.rebuild` does for a session: a container that we did not make is not ours to rebuild. */
export function renewalTitle(own: boolean): string {
    return own ? vscode.l10n.t('Rebuild') : vscode.l10n.t('Start Again');
}

/** What can be done now, as the status bar's click shows it. */
import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import { renewalTitle } from '../sessions/renewalTitle.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { hasPendingWork } from '../sessions/stateLabel.js';

interface ActionItem extends vscode.QuickPickItem {
    readonly command?: string;
}

export function registerActionsMenu(sessions: Sessions): vscode.Disposable {
    return vscode.commands.registerCommand(commands.showActions, async () => {
        const entry = sessions.current;
        if (entry === null) {
            await vscode.commands.executeCommand(commands.start);
            return;
        }
        const { name, label } = entry.view();
        const chosen = await vscode.window.showQuickPick<ActionItem>(actionsFor(entry), {
            title: `Livepush: ${name}`,
            placeHolder: label,
        });
        if (chosen?.command === undefined) return;
        await vscode.commands.executeCommand(chosen.command, { sessionKey: entry.key });
    });
}

function actionsFor(entry: SessionEntry): ActionItem[] {
    const item = (icon: string, label: string, command: string): ActionItem => ({
        label: `$(${icon}) ${label}`,
        command,
    });
    const { t } = vscode.l10n;
    const own = entry.live?.own === true;
    const all: readonly (ActionItem & { readonly when: boolean })[] = [
        { ...item('output', t('Show Output'), commands.showPanel), when: true },
        {
            ...item('play', t('Start Again'), commands.push),
            when: entry.live === null && entry.state !== 'starting',
        },
        { ...item('sync', t('Push'), commands.push), when: isOpen(entry) },
        { ...item('debug-rerun', t('Retry'), commands.retry), when: isPending(entry) },
        {
            ...item('stop-circle', t('Cancel Push'), commands.cancel),
            when: entry.state === 'pushing',
        },
        {
            ...item('debug-pause', t('Pause'), commands.pause),
            when: isOpen(entry) && !entry.paused,
        },
        { ...item('debug-continue', t('Resume'), commands.resume), when: entry.paused },
        {
            ...item('debug-restart', t('Restart Container'), commands.restart),
            when: entry.live !== null && entry.state !== 'gone',
        },
        {
            ...item(own ? 'tools' : 'play', renewalTitle(own), commands.rebuild),
            when: entry.live !== null,
        },
        {
            ...item('diff', t('Verify Against a Fresh Build'), commands.verify),
            when: isOpen(entry),
        },
        {
            ...item('globe', t('Open in Browser'), commands.openAddress),
            when: entry.address !== null,
        },
        { ...item('go-to-file', t('Open Dockerfile'), commands.openDockerfile), when: true },
        { ...item('debug-stop', t('Stop'), commands.stop), when: true },
    ];
    return all.filter(({ when }) => when);
}

function isOpen({ live, state }: SessionEntry): boolean {
    if (live === null) return false;
    return state === 'live' || state === 'paused' || hasPendingWork(state);
}

function isPending({ live, state }: SessionEntry): boolean {
    return live !== null && hasPendingWork(state);
}

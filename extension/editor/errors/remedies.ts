/** For each thing that can go wrong, what to do about it: one click each. */
import * as vscode from 'vscode';
import type { LivepushErrorShape } from '../../host/api.js';
import { commands, section } from '../contributions.js';
import { openAt } from '../openAt.js';

export interface Remedy {
    readonly title: string;
    readonly run: () => unknown;
}

export function remediesFor(
    error: LivepushErrorShape,
    dockerfile: vscode.Uri | null,
): readonly Remedy[] {
    switch (error.code) {
        case 'daemon-unreachable':
            return [dockerHost()];
        case 'permission-denied':
            return process.platform === 'linux' ? [copyGroupCommand()] : [dockerHost()];
        case 'dockerfile-invalid':
        case 'no-shell':
            return openDockerfile(error, dockerfile);
        case 'build-failed':
        case 'step-failed':
            return [showPanel(), ...openDockerfile(error, dockerfile)];
        case 'image-missing':
        case 'image-mismatch':
        case 'rebuild-needed':
        case 'container-gone':
        case 'read-only':
        case 'mounted-over':
            return [command(vscode.l10n.t('Rebuild'), commands.rebuild, dockerfile)];
        case 'container-not-running':
        case 'container-paused':
        case 'container-died':
            return [
                command(vscode.l10n.t('Restart Container'), commands.restart, dockerfile),
                command(vscode.l10n.t('Show Log'), commands.showPanel, 'log'),
            ];
        case 'port-taken':
            return [
                {
                    title: vscode.l10n.t('Use a Free Port'),
                    run: () =>
                        vscode.commands.executeCommand(commands.start, dockerfile, {
                            freePorts: true,
                        }),
                },
                settings('run.ports'),
            ];
        case 'no-space':
            return [command(vscode.l10n.t('Clean Up'), commands.cleanUp, null)];
        case 'outside-context':
            return [settings('build.context')];
        case 'unreadable':
            return openPath(error);
        case 'cancelled':
            return [];
        case 'internal':
            return [command(vscode.l10n.t('Show Log'), commands.showLog, null)];
    }
}

function command(title: string, id: string, argument: unknown): Remedy {
    return { title, run: () => vscode.commands.executeCommand(id, argument ?? undefined) };
}

function showPanel(): Remedy {
    return command(vscode.l10n.t('Show Output'), commands.showPanel, 'output');
}

function settings(name: string): Remedy {
    return command(
        vscode.l10n.t('Open Settings'),
        'workbench.action.openSettings',
        `${section}.${name}`,
    );
}

/** It belongs to a machine, so in a remote window the user's own settings do not show it. */
function dockerHost(): Remedy {
    if (vscode.env.remoteName === undefined) return settings('dockerHost');
    return command(
        vscode.l10n.t('Open Settings'),
        'workbench.action.openRemoteSettings',
        // What this command takes beyond its name is not documented; without it, it still leads there.
        { query: `${section}.dockerHost` },
    );
}

/** Joining the group is a person's decision, and needs root: it is handed over, not run. */
function copyGroupCommand(): Remedy {
    return {
        title: vscode.l10n.t('Copy Command That Grants Access'),
        run: () => vscode.env.clipboard.writeText('sudo usermod --append --groups docker "$USER"'),
    };
}

function openDockerfile(error: LivepushErrorShape, dockerfile: vscode.Uri | null): Remedy[] {
    if (dockerfile === null) return [];
    return [
        {
            title: vscode.l10n.t('Open Dockerfile'),
            run: () => openAt(dockerfile, error.lines?.[0] ?? 1),
        },
    ];
}

function openPath(error: LivepushErrorShape): Remedy[] {
    const { path } = error;
    if (path === null) return [];
    return [
        {
            title: vscode.l10n.t('Reveal File'),
            run: () => vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(path)),
        },
    ];
}

/** For each thing that can go wrong, what to do about it: one click each. */
import * as vscode from 'vscode';
import type { LivepushErrorShape, LiveSession } from '../../host/api.js';
import { commands, section } from '../contributions.js';
import { openAt } from '../openAt.js';
import { renewalTitle } from '../sessions/renewalTitle.js';

export interface Remedy {
    readonly title: string;
    readonly run: () => unknown;
}

/** What a failure is about, as far as it is known. */
export interface About {
    readonly dockerfile?: vscode.Uri;
    /** The session that failed once it was open. */
    readonly live?: LiveSession | null;
    readonly retry?: () => Promise<unknown>;
    /** Whether the session's panel shows an error. */
    readonly hasRecorded?: (error: LivepushErrorShape) => boolean;
}

export function remediesFor(error: LivepushErrorShape, about: About): readonly Remedy[] {
    const dockerfile = about.dockerfile ?? null;
    switch (error.code) {
        case 'daemon-unreachable':
        case 'connection-invalid':
            return [selectContext(), dockerHost()];
        case 'permission-denied':
            return process.platform === 'linux' ? [copyGroupCommand()] : [dockerHost()];
        case 'dockerfile-invalid':
        case 'no-shell':
            return openDockerfile(error, dockerfile);
        case 'compose-failed':
            return [showPanel()];
        case 'compose-missing':
            return [];
        case 'build-failed':
        case 'registry-failed':
        case 'step-failed':
            return [showPanel(), ...openDockerfile(error, dockerfile)];
        case 'image-missing':
        case 'image-mismatch':
        case 'rebuild-needed':
        case 'container-gone':
        case 'read-only':
        case 'mounted-over':
            return renewal(dockerfile, about.live ?? null);
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

/** The command knows of itself what it can do for a container that we did not make. */
function renewal(dockerfile: vscode.Uri | null, live: LiveSession | null): Remedy[] {
    if (live === null) return [];
    return [command(renewalTitle(live.own), commands.rebuild, dockerfile)];
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

/** There may be another engine than the one that was tried: it is offered, never taken unasked. */
function selectContext(): Remedy {
    return command(vscode.l10n.t('Select Docker Context'), commands.selectContext, null);
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

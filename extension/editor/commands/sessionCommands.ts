/** The commands that do something to a session. */
import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import type { Notifier } from '../errors/notifier.js';
import { connectHost } from '../engine.js';
import { openAt } from '../openAt.js';
import type { Pusher } from '../sessions/pushRunner.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { isTrusted } from '../trust.js';
import { chooseSession } from './chooseSession.js';

interface Services {
    readonly sessions: Sessions;
    readonly notifier: Notifier;
    readonly pusher: Pusher;
}

type Work = (entry: SessionEntry, argument: unknown) => Promise<unknown>;

/** What a session that never came up cannot do: it is started anew instead. */
const needsContainer: ReadonlySet<string> = new Set([
    commands.push,
    commands.retry,
    commands.restart,
    commands.rebuild,
]);

export function registerSessionCommands(services: Services): vscode.Disposable[] {
    const { sessions, notifier, pusher } = services;
    const onSession = (id: string, work: Work): vscode.Disposable =>
        vscode.commands.registerCommand(id, async (argument: unknown) => {
            const entry = await chooseSession(sessions, argument);
            if (entry === null) return;
            sessions.use(entry);
            if (entry.live === null && needsContainer.has(id)) {
                await vscode.commands.executeCommand(commands.start, entry.dockerfile);
                return;
            }
            await notifier.guard(() => work(entry, argument), entry);
        });
    return [
        onSession(commands.push, (entry) =>
            pusher.push(entry, undefined, vscode.l10n.t('by hand')),
        ),
        onSession(commands.retry, (entry) =>
            pusher.push(entry, { updated: [], deleted: [] }, vscode.l10n.t('retry')),
        ),
        onSession(commands.cancel, (entry) => cancel(sessions, entry)),
        onSession(commands.pause, (entry) => {
            entry.pause();
            return Promise.resolve();
        }),
        onSession(commands.resume, (entry) => {
            const pushing = entry.resume();
            return pusher.follow(entry, pushing, () =>
                pusher.push(entry, undefined, vscode.l10n.t('retry')),
            );
        }),
        onSession(commands.restart, async (entry) => entry.live?.restart()),
        onSession(commands.rebuild, rebuild),
        onSession(commands.stop, (entry) => stop(sessions, entry)),
        onSession(commands.openAddress, openAddress),
        onSession(commands.openDockerfile, (entry, argument) =>
            openAt(entry.dockerfile, lineOf(argument)),
        ),
        vscode.commands.registerCommand(commands.cleanUp, () => notifier.guard(cleanUp)),
    ];
}

/** The tree names the line of a step. */
function lineOf(argument: unknown): number {
    if (typeof argument !== 'object' || argument === null || !('line' in argument)) return 1;
    return typeof argument.line === 'number' ? argument.line : 1;
}

async function rebuild(entry: SessionEntry): Promise<void> {
    if (entry.owner !== null) {
        const title = vscode.l10n.t('Livepush: rebuilding {0}', entry.name);
        const location = vscode.ProgressLocation.Window;
        const { owner } = entry;
        await vscode.window.withProgress({ location, title }, () => owner.rebuild());
        return;
    }
    if (entry.live?.own === false) {
        // Somebody else's container stays as it is; what takes its place is asked.
        await vscode.commands.executeCommand(commands.start, entry.dockerfile, { again: true });
        return;
    }
    const title = vscode.l10n.t('Livepush: rebuilding {0}', entry.name);
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
        entry.rebuild(vscode.l10n.t('rebuild')),
    );
}

/** What has not come up yet is given up. */
async function cancel(sessions: Sessions, entry: SessionEntry): Promise<void> {
    if (entry.live === null) sessions.remove(entry);
    else await entry.live.cancel();
}

/** A container of our own may be lost with its session, so a modal asks; any other just stays. */
async function stop(sessions: Sessions, entry: SessionEntry): Promise<void> {
    if (entry.live === null || entry.state === 'gone') {
        sessions.remove(entry);
        await entry.live?.close().catch(() => undefined);
        return;
    }
    if (!entry.live.own) {
        const { name } = entry;
        await entry.live.close();
        sessions.remove(entry);
        const text = vscode.l10n.t('Livepush stopped; the container {0} keeps running.', name);
        vscode.window.setStatusBarMessage(text, 10_000);
        return;
    }
    const keep = vscode.l10n.t('Keep Container');
    const remove = vscode.l10n.t('Remove Container');
    const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Stop Livepush for {0}?', entry.name),
        {
            modal: true,
            detail: vscode.l10n.t('The container can keep running as it is now.'),
        },
        keep,
        remove,
    );
    if (answer === undefined) return;
    await entry.live.close({ removeContainer: answer === remove });
    sessions.remove(entry);
}

async function openAddress(entry: SessionEntry): Promise<void> {
    if (entry.address === null) {
        void vscode.window.showInformationMessage(
            vscode.l10n.t(
                '{0} publishes no port. Add one to the setting livepush.run.ports.',
                entry.name,
            ),
        );
        return;
    }
    const address = await vscode.env.asExternalUri(vscode.Uri.parse(`http://${entry.address}`));
    await vscode.env.openExternal(address);
}

async function cleanUp(): Promise<void> {
    if (!(await isTrusted())) return;
    const { frontEnd, docker } = await connectHost();
    const title = vscode.l10n.t('Livepush: cleaning up');
    const { containers, images, volumes } = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title },
        () => frontEnd.cleanUp(docker),
    );
    void vscode.window.showInformationMessage(
        containers + images + volumes === 0
            ? vscode.l10n.t('There was nothing to clean up.')
            : vscode.l10n.t(
                  'Removed containers: {0}, images: {1}, volumes: {2}.',
                  containers,
                  images,
                  volumes,
              ),
    );
}

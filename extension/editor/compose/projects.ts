/** Compose projects of this window: started and stopped as a whole, one session per container. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LiveSession } from '../../host/api.js';
import type { ComposeEnd, ComposeProject } from '../../host/compose/types.js';
import { commands } from '../contributions.js';
import { connectHost } from '../engine.js';
import type { Notifier } from '../errors/notifier.js';
import { log } from '../log.js';
import { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { settingsFor } from '../settings.js';
import { isTrusted } from '../trust.js';
import { chooseComposeFile } from './chooseComposeFile.js';
import { isComposeFile } from './composeFiles.js';

interface Running {
    /** The folder of its Compose file. */
    readonly folder: vscode.Uri;
    readonly project: ComposeProject;
    readonly entries: Map<LiveSession, SessionEntry>;
}

export class Projects implements vscode.Disposable {
    readonly #sessions: Sessions;
    readonly #notifier: Notifier;
    readonly #running = new Map<string, Running>();
    readonly #changed = new vscode.EventEmitter<void>();
    readonly #listeners: vscode.Disposable[];
    readonly onDidChange = this.#changed.event;

    constructor(sessions: Sessions, notifier: Notifier) {
        this.#sessions = sessions;
        this.#notifier = notifier;
        this.#listeners = [
            vscode.commands.registerCommand(commands.startProject, (uri: unknown) =>
                this.start(uri instanceof vscode.Uri ? uri : undefined),
            ),
            vscode.commands.registerCommand(commands.stopProject, (uri: unknown) =>
                this.stop(uri instanceof vscode.Uri ? uri : undefined),
            ),
            vscode.workspace.onDidSaveTextDocument(({ uri }) => {
                this.#reloadFor(uri);
            }),
        ];
    }

    /** Whether the project of a Compose file is live. */
    isLive(file: vscode.Uri): boolean {
        return this.#running.has(folderOf(file).toString());
    }

    async start(uri?: vscode.Uri): Promise<void> {
        if (!(await isTrusted())) return;
        const file = uri ?? (await chooseComposeFile());
        if (file === null || this.isLive(file)) return;
        await this.#notifier.guard(() => this.#start(file), { retry: () => this.start(file) });
    }

    async stop(uri?: vscode.Uri): Promise<void> {
        const running = await this.#choose(uri);
        if (running === null) return;
        const end = await chooseEnd(running.project.name);
        if (end === null) return;
        await this.#notifier.guard(() => this.#stop(running, end), {});
    }

    /** Before the window is closed: the containers are Compose's, and go on. */
    async leave(): Promise<void> {
        const all = [...this.#running.values()];
        await Promise.allSettled(all.map(({ project }) => project.close('leave')));
    }

    dispose(): void {
        for (const listener of this.#listeners) listener.dispose();
        this.#changed.dispose();
    }

    async #start(file: vscode.Uri): Promise<void> {
        const { frontEnd, docker } = await connectHost();
        const folder = folderOf(file);
        const title = vscode.l10n.t('Livepush: starting {0}', path.basename(folder.fsPath));
        const location = vscode.ProgressLocation.Notification;
        const { restart } = settingsFor(folder);
        await vscode.window.withProgress(
            { location, title, cancellable: true },
            async (progress, token) => {
                const cancel = new AbortController();
                token.onCancellationRequested(() => {
                    cancel.abort();
                });
                const project = await frontEnd.startComposeProject({
                    docker,
                    directory: folder.fsPath,
                    skipRestart: restart === 'never',
                    restartContainer: restart === 'container',
                    signal: cancel.signal,
                    onOutput: (text, service) => {
                        log().info(`${service ?? 'compose'}: ${text.trimEnd()}`);
                        progress.report({ message: service ?? lastLine(text) });
                    },
                });
                await this.#follow(folder, project);
            },
        );
        void vscode.commands.executeCommand(commands.showPanel);
    }

    async #follow(folder: vscode.Uri, project: ComposeProject): Promise<void> {
        const running: Running = { folder, project, entries: new Map() };
        this.#running.set(folder.toString(), running);
        for (const text of project.notices) log().warn(text);
        for (const problem of project.problems) await this.#notifier.show(problem, {});
        project
            .on('session', (service, session) => {
                void this.#open(running, service, session);
            })
            .on('sessionEnd', (_service, session) => {
                const entry = running.entries.get(session);
                running.entries.delete(session);
                if (entry !== undefined) this.#sessions.remove(entry);
            })
            .on('notice', (text) => {
                log().warn(text);
            })
            .on('problem', (error) => {
                void this.#notifier.show(error, {});
            });
        for (const service of project.liveServices) {
            for (const session of project.sessions(service)) {
                await this.#open(running, service, session);
            }
        }
        this.#changed.fire();
    }

    async #open(
        { project, entries }: Running,
        service: string,
        session: LiveSession,
    ): Promise<void> {
        if (entries.has(session)) return;
        const entry = new SessionEntry(
            vscode.Uri.file(session.dockerfile),
            vscode.Uri.file(session.context),
            { rebuild: () => project.rebuild(service) },
        );
        entries.set(session, entry);
        this.#sessions.add(entry);
        const never = new AbortController().signal;
        await entry.open(() => Promise.resolve(session), vscode.l10n.t('start'), never);
    }

    async #stop(running: Running, end: ComposeEnd): Promise<void> {
        const { folder, project, entries } = running;
        const title = vscode.l10n.t('Livepush: stopping {0}', project.name);
        const location = vscode.ProgressLocation.Window;
        await vscode.window.withProgress({ location, title }, () => project.close(end));
        this.#running.delete(folder.toString());
        for (const entry of entries.values()) this.#sessions.remove(entry);
        this.#changed.fire();
    }

    /** What an edit of a Compose file or an environment file changes is Compose's to find out. */
    #reloadFor(uri: vscode.Uri): void {
        const name = path.posix.basename(uri.path);
        if (!isComposeFile(uri) && !name.endsWith('.env')) return;
        for (const { folder, project } of this.#running.values()) {
            if (!uri.path.startsWith(`${folder.path}/`)) continue;
            void this.#notifier.guard(() => project.reload(), {});
        }
    }

    async #choose(uri: vscode.Uri | undefined): Promise<Running | null> {
        if (uri !== undefined) return this.#running.get(folderOf(uri).toString()) ?? null;
        const all = [...this.#running.values()];
        if (all.length < 2) return all[0] ?? null;
        const chosen = await vscode.window.showQuickPick(
            all.map((running) => ({ label: running.project.name, running })),
            { placeHolder: vscode.l10n.t('Which project?') },
        );
        return chosen?.running ?? null;
    }
}

async function chooseEnd(name: string): Promise<ComposeEnd | null> {
    const choices: readonly (vscode.QuickPickItem & { readonly end: ComposeEnd })[] = [
        { label: vscode.l10n.t('Leave Running'), end: 'leave' },
        { label: vscode.l10n.t('Stop Containers'), detail: 'docker compose stop', end: 'stop' },
        {
            label: vscode.l10n.t('Remove Containers and Networks'),
            detail: 'docker compose down',
            end: 'down',
        },
    ];
    const placeHolder = vscode.l10n.t('What happens to the containers of {0}?', name);
    return (await vscode.window.showQuickPick(choices, { placeHolder }))?.end ?? null;
}

function folderOf(file: vscode.Uri): vscode.Uri {
    return vscode.Uri.joinPath(file, '..');
}

function lastLine(text: string): string {
    return (text.trimEnd().split('\n').at(-1) ?? '').trim().slice(0, 80);
}

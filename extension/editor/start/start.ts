/** `Livepush: Start`: asks only what cannot be known, then builds and runs, or attaches. */
import * as vscode from 'vscode';
import type { LiveSession, SessionOptions } from '../../host/api.js';
import { commands } from '../contributions.js';
import { connectHost } from '../engine.js';
import { log } from '../log.js';
import type { Notifier } from '../errors/notifier.js';
import { type Open, SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { settingsFor } from '../settings.js';
import type { Target } from './targets.js';
import { isTrusted } from '../trust.js';
import { chooseTarget } from './chooseTarget.js';
import { chooseWay, type Way } from './chooseWay.js';

export interface StartChoices {
    /** Whatever the settings say: each EXPOSEd port on a free one. */
    readonly freePorts?: boolean;
    /** In place of a session that there is already. */
    readonly anew?: boolean;
}

export class Starter {
    readonly #sessions: Sessions;
    readonly #notifier: Notifier;

    constructor(sessions: Sessions, notifier: Notifier) {
        this.#sessions = sessions;
        this.#notifier = notifier;
    }

    async start(uri?: vscode.Uri, options: StartChoices = {}): Promise<void> {
        if (!(await isTrusted())) return;
        const target = await chooseTarget(vscode.l10n.t('Livepush: Start'), uri);
        if (target === null) return;
        const running = this.#sessions.withDockerfile(target.dockerfile);
        if (running?.live && options.anew !== true) {
            this.#sessions.use(running);
            await vscode.commands.executeCommand(commands.showPanel);
            return;
        }
        await this.#notifier.guard(() => this.#startTarget(target, options), {
            dockerfile: target.dockerfile,
            retry: () => this.start(target.dockerfile, options),
        });
    }

    async #startTarget(target: Target, { freePorts = false }: StartChoices): Promise<void> {
        const host = await connectHost();
        // Who wants other ports has said already that it is to be run.
        const way: Way | null = freePorts ? { kind: 'run' } : await chooseWay(host, target);
        if (way === null) return;
        await saveDefinition(target);
        const entry = new SessionEntry(target.dockerfile, target.context);
        await this.open(entry, opening(freePorts ? { ...target, ports: [] } : target, way));
    }

    /** Opens a session under a progress that can be cancelled. */
    async open(entry: SessionEntry, open: Open, quiet = false): Promise<void> {
        const old = this.#sessions.withDockerfile(entry.dockerfile);
        if (old !== undefined) this.#sessions.remove(old);
        await old?.live?.close().catch(noteFailure);
        this.#sessions.add(entry);
        if (!quiet && settingsFor(entry.dockerfile).reveal === 'start') {
            void vscode.commands.executeCommand(commands.showPanel);
        }
        const title = vscode.l10n.t('Livepush: starting {0}', entry.name);
        const location = quiet
            ? vscode.ProgressLocation.Window
            : vscode.ProgressLocation.Notification;
        await vscode.window.withProgress(
            { location, title, cancellable: !quiet },
            async (progress, token) => {
                const cancel = new AbortController();
                const listener = token.onCancellationRequested(() => {
                    cancel.abort();
                });
                const signal = AbortSignal.any([cancel.signal, entry.gone]);
                const printing = entry.onDidPrint(({ data }) => {
                    const message = lastLine(data);
                    if (message !== '') progress.report({ message });
                });
                try {
                    await entry.open(open, vscode.l10n.t('start'), signal);
                    log().info(`live: ${entry.dockerfile.toString()} in ${entry.name}`);
                    // Stopped too late to keep it from running: what was made here goes again.
                    if (entry.gone.aborted) await entry.live?.close({ removeContainer: !quiet });
                } catch (error) {
                    if (!signal.aborted) throw error;
                    this.#sessions.remove(entry);
                } finally {
                    printing.dispose();
                    listener.dispose();
                }
            },
        );
    }
}

/** A build reads files: what is only in an editor would not be built. */
async function saveDefinition({ dockerfile, context }: Target): Promise<void> {
    const read = [dockerfile, vscode.Uri.joinPath(context, '.dockerignore')].map(String);
    for (const document of vscode.workspace.textDocuments) {
        if (document.isDirty && read.includes(document.uri.toString())) await document.save();
    }
}

/** Connects anew each time: the daemon may have come back at another address. */
function opening(target: Target, way: Way): Open {
    return async (onBuildOutput, signal): Promise<LiveSession> => {
        const { frontEnd, docker } = await connectHost();
        const { env, restart } = settingsFor(target.dockerfile);
        const options: SessionOptions = {
            docker,
            dockerfile: target.dockerfile.fsPath,
            context: target.context.fsPath,
            buildArgs: target.buildArgs,
            skipRestart: restart === 'never',
            restartContainer: restart === 'container',
            signal,
            ...(target.stage === null ? {} : { target: target.stage }),
        };
        if (way.kind === 'attach') {
            return frontEnd.attachSession({ ...options, containerId: way.to.id });
        }
        const ports = target.ports.length === 0 ? {} : { ports: target.ports };
        return frontEnd.startSession({ ...options, env, onBuildOutput, ...ports });
    };
}

/** A session whose container is gone may leave something that a clean-up finds. */
function noteFailure(error: unknown): void {
    log().warn(`a session was not closed: ${String(error)}`);
}

/** The last thing a build said, short enough for a notification and without colours. */
function lastLine(data: Uint8Array): string {
    const lines = new TextDecoder()
        .decode(data)
        .trimEnd()
        .split(/[\r\n]+/u);
    // eslint-disable-next-line no-control-regex -- that is what a terminal's sequences begin with
    return (lines.at(-1) ?? '').replace(/\u001B\[[\d;]*[A-Za-z]/gu, '').slice(0, 80);
}

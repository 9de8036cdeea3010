/** `Livepush: Start`: asks only what cannot be known, then builds and runs, or attaches. */
import * as vscode from 'vscode';
import type { LiveSession, SessionOptions } from '../../host/api.js';
import { commands, views } from '../contributions.js';
import { connectHost, type Host } from '../engine.js';
import { log } from '../log.js';
import type { Notifier } from '../errors/notifier.js';
import { type Open, SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { settingsFor } from '../settings.js';
import type { Target } from './targets.js';
import { isTrusted } from '../trust.js';
import { chooseTarget } from './chooseTarget.js';
import { chooseAnyContainer, chooseWay, type Way } from './chooseWay.js';

export interface StartChoices {
    /** Whatever the settings say: each EXPOSEd port on a free one. */
    readonly freePorts?: boolean;
    /** In place of a session that there is already. */
    readonly again?: boolean;
    /** To a container that is chosen, without building and running one. */
    readonly attach?: boolean;
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
        if (running?.live && options.again !== true && options.attach !== true) {
            this.#sessions.use(running);
            await vscode.commands.executeCommand(commands.showPanel);
            return;
        }
        await this.#notifier.guard(() => this.#startTarget(target, options), {
            dockerfile: target.dockerfile,
            retry: () => this.start(target.dockerfile, options),
            hasRecorded: (error) =>
                this.#sessions.withDockerfile(target.dockerfile)?.hasRecorded(error) === true,
        });
    }

    async #startTarget(target: Target, options: StartChoices): Promise<void> {
        const host = await connectHost();
        const way = await wayFor(host, target, options);
        if (way === null) return;
        await saveDefinition(target);
        const entry = new SessionEntry(target.dockerfile, target.context);
        const { freePorts = false } = options;
        await this.open(entry, opening(freePorts ? { ...target, ports: [] } : target, way));
    }

    /** Opens a session; the panel shows how far it is, and cancels it. */
    async open(entry: SessionEntry, open: Open, resumed = false): Promise<void> {
        const old = this.#sessions.withDockerfile(entry.dockerfile);
        if (old !== undefined) this.#sessions.remove(old);
        await old?.live?.close().catch(noteFailure);
        this.#sessions.add(entry);
        const { reveal } = settingsFor(entry.dockerfile);
        if (!resumed && reveal === 'start') void vscode.commands.executeCommand(commands.showPanel);
        const location = { viewId: views.panel };
        await vscode.window.withProgress({ location }, () => this.#opened(entry, open, resumed));
    }

    async #opened(entry: SessionEntry, open: Open, resumed: boolean): Promise<void> {
        const reason = resumed ? vscode.l10n.t('reconnect') : vscode.l10n.t('start');
        try {
            await entry.open(open, reason, entry.gone);
            log().info(`live: ${entry.dockerfile.toString()} in ${entry.name}`);
            // Stopped too late to keep it from running: what was made here goes again.
            if (entry.gone.aborted) await entry.live?.close({ removeContainer: !resumed });
        } catch (error) {
            if (!entry.gone.aborted) {
                await this.#revealFailure(entry);
                throw error;
            }
            this.#sessions.remove(entry);
        }
    }

    async #revealFailure(entry: SessionEntry): Promise<void> {
        if (settingsFor(entry.dockerfile).reveal === 'never') return;
        await vscode.commands.executeCommand(commands.showPanel, 'output');
    }
}

function wayFor(host: Host, target: Target, choices: StartChoices): Promise<Way | null> {
    // Free ports were chosen for a container that is to be run.
    if (choices.freePorts === true) return Promise.resolve({ kind: 'run' });
    return choices.attach === true ? chooseAnyContainer(host, target) : chooseWay(host, target);
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

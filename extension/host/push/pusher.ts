import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import type { Changes } from '../api.js';
import { Contents } from '../context/contentCache.js';
import { lookAt, relativeTo } from '../context/changes.js';
import { type ContextEntry, onDisk } from '../context/entry.js';
import { type Context, scan } from '../context/scan.js';
import { Unhashed } from '../context/backgroundHasher.js';
import { tableOf } from '../core/contextTable.js';
import { LiveContainer } from '../containers/liveContainer.js';
import { LivepushError } from '../common/errors.js';
import { pathBelow } from '../common/hostFiles.js';
import { isHelperGone } from '../helper/fallback.js';
import { type Outline, type Plan, type Planner, setIgnore } from '../core/planner.js';
import { ownIgnoreFile, readIgnore } from '../context/dockerignore.js';
import type { CarriedOut, Reporter, Workplace } from './pushContext.js';
import { Checkpoints } from './checkpoints.js';
import { completePlan, Push } from './execution.js';
import type { Sources } from './sources.js';
import { isAtOrBelow } from '../files/paths.js';
import { Mirror } from './liveDiff.js';
import { Mounts } from './runMounts.js';
import { Stages } from './stages.js';

export interface PusherOptions {
    readonly docker: Docker;
    readonly session: string;
    readonly planner: Planner;
    readonly outline: Outline;
    /** For each stage its image, null where the stage is not needed; the target's is the live one. */
    readonly images: readonly (string | null)[];
    /** By their whole names, the images that the build took from registries, with their digests. */
    readonly pulled?: ReadonlyMap<string, string>;
    readonly containerId: string;
    readonly context: string;
    /** Where the Dockerfile is, for the ignore file beside it; null where only its text is known. */
    readonly dockerfile: string | null;
    /** What the images were built from. */
    readonly built: Context;
    readonly skipRestart: boolean;
    /** Told what a person may want to know, but need not do anything about. */
    readonly onNotice?: (text: string) => void;
}

/** How often a push is repeated for files that change while they are sent, or helpers that end. */
const REPEATS = 5;

/** The pushes of one session: one at a time, a newer one cancels what runs, nothing is lost. */
export class Pusher implements Workplace {
    public readonly planner: Planner;
    public readonly stages: Stages;
    public readonly mirror: Mirror;
    public readonly live: LiveContainer;
    public readonly contextRoot: string;
    public readonly target: number;
    public readonly skipRestart: boolean;
    public readonly context: Map<string, ContextEntry>;
    public readonly contents = new Contents();
    readonly #unhashed: Unhashed;
    readonly #options: PusherOptions;
    #mounts: Promise<Mounts> | null = null;
    #tail: Promise<unknown> = Promise.resolve();
    #running: AbortController | null = null;
    #ignore: string | null = null;
    #ended = false;

    public constructor(options: PusherOptions) {
        const { docker, session, outline, images } = options;
        this.#options = options;
        this.planner = options.planner;
        this.target = outline.target;
        this.stages = new Stages(
            docker,
            session,
            outline,
            images,
            new Checkpoints(docker, session, options.pulled ?? new Map()),
        );
        this.mirror = new Mirror(this.stages, outline.target);
        this.live = new LiveContainer(docker, options.containerId, ({ message }) => {
            options.onNotice?.(`${message}. Pushes go without it, and take longer.`);
        });
        this.contextRoot = options.context;
        this.skipRestart = options.skipRestart;
        this.context = new Map(options.built);
        this.#unhashed = new Unhashed(options.context);
    }

    public mounts(sources: Sources): Promise<Mounts> {
        const { docker, session } = this.#options;
        this.#mounts ??= this.stages
            .empty()
            .then((image) => new Mounts(docker, session, sources, image));
        return this.#mounts;
    }

    public notice(text: string): void {
        this.#options.onNotice?.(text);
    }

    /** Whether a path is one that the build may see. */
    public isRelevant(path: string): boolean {
        try {
            const below = relativeTo(this.contextRoot, path);
            if (this.#isIgnoreFile(path)) return true;
            if (below === '') return false;
            return this.#mayBeSent(below) || this.#isFirstIn(dirname(below));
        } catch {
            return false;
        }
    }

    #mayBeSent(path: string): boolean {
        return !this.planner.isIgnored(path) || this.planner.mayDescend(path);
    }

    /** Whether a directory is sent that nobody has heard of, whatever is in it. */
    #isFirstIn(directory: string): boolean {
        if (directory === '.' || this.context.has(directory)) return false;
        return !this.planner.isIgnored(directory);
    }

    /** Whether a push of these paths could do anything, by their names alone. */
    public isNeeded(changes: Changes): boolean {
        const names = (paths: readonly string[]): string =>
            paths
                .flatMap((path) => {
                    try {
                        return [relativeTo(this.contextRoot, path)];
                    } catch {
                        return [];
                    }
                })
                .join('\0');
        const all = [...changes.updated, ...changes.deleted];
        if (all.some((path) => this.#isIgnoreFile(path))) return true;
        return this.planner.livepushNeeded(names(changes.updated), names(changes.deleted));
    }

    /** Pushes; what runs is cancelled first, and its work is part of this push. */
    public push(changes: Changes | null, report: Reporter): Promise<CarriedOut> {
        this.#running?.abort();
        this.#unhashed.pause();
        const abort = new AbortController();
        this.#running = abort;
        return this.#inTurn(async () => {
            try {
                return await this.#push(changes, report, abort.signal);
            } finally {
                // Where it cannot be removed now, the next push does.
                await this.live.removeWaiting().catch(() => undefined);
                if (this.#running === abort) this.#running = null;
                this.#unhashed.resume();
            }
        });
    }

    /** What a push would do. */
    public plan(changes: Changes | null): Promise<Plan> {
        return this.#inTurn(async () => {
            await this.look(changes);
            this.planner.startPush();
            return completePlan(this);
        });
    }

    /** What saving a path would do, were its content new. */
    public explain(path: string): Promise<Plan> {
        return this.#inTurn(async () => {
            const below = relativeTo(this.contextRoot, path);
            await this.look({ updated: [path], deleted: [] });
            const entry = this.context.get(below);
            const other = entry?.digest === '0'.repeat(64) ? '1' : '0';
            const changed: ContextEntry = {
                kind: 'file',
                mode: 0o644,
                size: 0,
                target: '',
                blocks: null,
                special: null,
                links: '',
                archive: false,
                mtimeMs: 0,
                stamp: '',
                ...entry,
                digest: other.repeat(64),
            };
            this.planner.changeContext(tableOf(new Map([[below, changed]])), '');
            try {
                this.planner.startPush();
                return await completePlan(this);
            } finally {
                const real =
                    entry === undefined
                        ? new Map<string, ContextEntry>()
                        : new Map([[below, entry]]);
                this.planner.changeContext(tableOf(real), entry === undefined ? below : '');
            }
        });
    }

    /** Cancels what runs and waits until it has ended. */
    public async cancel(): Promise<boolean> {
        const running = this.#running;
        running?.abort();
        await this.#tail.catch(() => undefined);
        return running !== null;
    }

    /** Waits for its turn between pushes. */
    public exclusively<T>(work: () => Promise<T>): Promise<T> {
        return this.#inTurn(work);
    }

    /** Removes all that was made; there is no push afterwards. */
    public async cleanUp(): Promise<void> {
        await this.leave();
        await this.stages.close();
        const mounts = await this.#mounts?.catch(() => null);
        await mounts?.close();
        this.#mounts = null;
    }

    /** Removes the containers; images stay for who goes on. There is no push afterwards. */
    public async leave(): Promise<void> {
        this.#ended = true;
        await this.cancel();
        await this.#unhashed.end();
        await this.live.close();
        await this.stages.removeContainers();
    }

    public async close(): Promise<void> {
        await this.cleanUp();
        this.planner.free();
    }

    #inTurn<T>(work: () => Promise<T>): Promise<T> {
        const turn = this.#tail.then(work, work);
        this.#tail = turn.catch(() => undefined);
        return turn;
    }

    async #push(
        changes: Changes | null,
        report: Reporter,
        signal: AbortSignal,
    ): Promise<CarriedOut> {
        if (this.#ended) throw ended();
        // Even a push that was cancelled before its turn has its changes looked at.
        await this.look(changes, this.contents);
        for (let repeat = 0; ; repeat++) {
            const result = await new Push(this, report, signal).run();
            const isOver = result.unstable.size === 0 && !isHelperGone(result.failed);
            if (isOver || repeat === REPEATS || signal.aborted) {
                this.stages.tidy();
                return result;
            }
            await this.look({ updated: [...result.unstable], deleted: [] }, this.contents);
        }
    }

    /** Looks at what is said to have changed, or at the whole context, and tells the core. */
    public async look(changes: Changes | null, contents?: Contents): Promise<void> {
        const named = changes === null ? null : [...changes.updated, ...changes.deleted];
        if (named === null || named.some((path) => this.#isIgnoreFile(path))) {
            await this.readIgnore();
            await this.#lookAtAll();
            return;
        }
        const { contextRoot, planner, context } = this;
        const { there, gone } = await lookAt(contextRoot, named, planner, context, contents);
        this.#take(there, gone);
    }

    /** Reads the ignore file again; the core is told where it has changed. */
    public async readIgnore(): Promise<void> {
        const text = await readIgnore(this.contextRoot, this.#options.dockerfile);
        if (text === this.#ignore) return;
        setIgnore(this.planner, text);
        this.#ignore = text;
    }

    /** What the core was told already. */
    public set ignore(text: string | null) {
        this.#ignore = text;
    }

    async #lookAtAll(): Promise<void> {
        const found = await scan(this.contextRoot, this.planner, this.context);
        const gone = [...this.context.keys()].filter((path) => !found.has(path));
        this.#take(found, gone);
    }

    #take(there: ReadonlyMap<string, ContextEntry>, gone: readonly string[]): void {
        const away = new Set(gone);
        if (away.size > 0) {
            for (const path of this.context.keys())
                if (isAtOrBelow(path, away)) this.#set(path, undefined);
        }
        for (const [path, entry] of there) this.#set(path, entry);
        this.planner.changeContext(tableOf(there), gone.join('\0'));
    }

    #set(path: string, entry: ContextEntry | undefined): void {
        const before = this.context.get(path);
        if (before !== undefined && before !== entry) {
            this.contents.forget(onDisk(this.contextRoot, path), before);
        }
        if (entry === undefined) this.context.delete(path);
        else this.context.set(path, entry);
        this.#unhashed.note(path, entry);
    }

    #isIgnoreFile(path: string): boolean {
        const { dockerfile, context } = this.#options;
        const files = [join(context, '.dockerignore'), '.dockerignore'];
        if (dockerfile !== null) {
            const own = ownIgnoreFile(dockerfile);
            files.push(own);
            const below = pathBelow(context, own);
            if (below !== null) files.push(below);
        }
        return files.includes(path);
    }
}

function ended(): LivepushError {
    return new LivepushError('internal', 'The session was cleaned up', {
        remedy: 'Start or attach again.',
    });
}

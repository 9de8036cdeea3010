import type Docker from 'dockerode';
import type { Changes } from '../api.js';
import type { Contents } from '../context/contentCache.js';
import type { Context } from '../context/scan.js';
import { LiveContainer } from '../containers/liveContainer.js';
import { LivepushError } from '../common/errors.js';
import { isHelperGone } from '../helper/fallback.js';
import type { Outline, Plan, Planner } from '../core/planner.js';
import { BuiltCheck } from './builtCheck.js';
import { ContextTracker } from './contextTracker.js';
import { explainSave } from './explain.js';
import type { CarriedOut, Reporter, Workplace } from './pushContext.js';
import { Checkpoints } from './checkpoints.js';
import { completePlan, Push } from './execution.js';
import { answerNeeds } from './needs.js';
import { PushQueue } from './pushQueue.js';
import type { Sources } from './sources.js';
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
    /** The ignore file's text as the planner knows it. */
    readonly ignore: string | null;
    /** Somebody else built the images, perhaps of another context than `built`. */
    readonly checkBuilt?: boolean;
    readonly skipRestart: boolean;
    /** Without it, an application that has ended is started only where a restart is due. */
    readonly startsEnded: boolean;
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
    public readonly startsEnded: boolean;
    readonly #tracker: ContextTracker;
    readonly #queue = new PushQueue();
    readonly #options: PusherOptions;
    readonly #builtCheck: BuiltCheck | null;
    #mounts: Promise<Mounts> | null = null;
    #ended = false;

    public constructor(options: PusherOptions) {
        const { docker, session, outline, images, planner, dockerfile, built, ignore } = options;
        this.#options = options;
        this.planner = planner;
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
        this.startsEnded = options.startsEnded && !options.skipRestart;
        const root = options.context;
        this.#builtCheck = options.checkBuilt === true ? new BuiltCheck(this, built) : null;
        this.#tracker = new ContextTracker({ planner, root, dockerfile, built, ignore });
    }

    public get context(): Context {
        return this.#tracker.entries;
    }

    public get contents(): Contents {
        return this.#tracker.contents;
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
        return this.#tracker.isRelevant(path);
    }

    /** Whether a push of these paths could do anything, by their names alone. */
    public isNeeded(changes: Changes): boolean {
        return this.#tracker.isNeeded(changes);
    }

    /** The paths that are within the build context, relative to it and with `/`. */
    public within(paths: readonly string[]): string[] {
        return this.#tracker.within(paths);
    }

    /** Pushes; what runs is cancelled first, and its work is part of this push. */
    public push(changes: Changes | null, report: Reporter): Promise<CarriedOut> {
        this.#tracker.pauseHashing();
        return this.#queue.push(async (signal) => {
            try {
                return await this.#push(changes, report, signal);
            } finally {
                // Where it cannot be removed now, the next push does.
                await this.live.removeWaiting().catch(() => undefined);
                this.#tracker.resumeHashing();
            }
        });
    }

    /** Paths that pushes may have put into the live container, and that its image lacks. */
    public pushedPaths(): Promise<ReadonlySet<string>> {
        return this.#queue.inTurn(async () => {
            const paths = new Set(this.mirror.touched);
            const stage = this.planner.outline().stages[this.target];
            for (const { index } of stage?.steps.slice(stage.trailing) ?? []) {
                for (const path of await layoutPaths(this, index)) paths.add(path);
            }
            return paths;
        });
    }

    /** What a push would do. */
    public plan(changes: Changes | null): Promise<Plan> {
        return this.#queue.inTurn(async () => {
            await this.#tracker.look(changes);
            this.planner.startPush();
            return completePlan(this);
        });
    }

    /** What saving a path would do, were its content new. */
    public explain(path: string): Promise<Plan> {
        return this.#queue.inTurn(async () => {
            await this.#tracker.look({ updated: [path], deleted: [] });
            const context = { root: this.contextRoot, entries: this.#tracker.entries };
            return explainSave(this.planner, context, path, () => completePlan(this));
        });
    }

    /** Cancels what runs and waits until it has ended. */
    public cancel(): Promise<boolean> {
        return this.#queue.cancel();
    }

    /** Waits for its turn between pushes. */
    public exclusively<T>(work: () => Promise<T>): Promise<T> {
        return this.#queue.inTurn(work);
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
        await this.#tracker.close();
        await this.live.close();
        await this.stages.removeContainers();
    }

    public async close(): Promise<void> {
        await this.cleanUp();
        this.planner.free();
    }

    async #push(
        changes: Changes | null,
        report: Reporter,
        signal: AbortSignal,
    ): Promise<CarriedOut> {
        if (this.#ended) throw ended();
        const { contents } = this.#tracker;
        // Even a push that was cancelled before its turn has its changes looked at.
        await this.#tracker.look(changes, contents);
        if (this.#builtCheck !== null && changes !== null) {
            const named = [...changes.updated, ...changes.deleted];
            await this.#builtCheck.check(this.#tracker.within(named));
        }
        for (let repeat = 0; ; repeat++) {
            const result = await new Push(this, report, signal).run();
            const isOver = result.unstable.size === 0 && !isHelperGone(result.failed);
            if (isOver || repeat === REPEATS || signal.aborted) {
                this.stages.tidy();
                return result;
            }
            await this.#tracker.look({ updated: [...result.unstable], deleted: [] }, contents);
        }
    }
}

/** What a trailing step puts into the live container; nothing where a build would refuse it. */
async function layoutPaths(place: Workplace, step: number): Promise<readonly string[]> {
    const { planner, stages, target } = place;
    for (;;) {
        const answer = planner.layout(target, step);
        if (answer.kind === 'entries') return answer.entries.map(({ path }) => path);
        if (answer.kind === 'error') return [];
        await answerNeeds(planner, stages, answer.needs);
    }
}

function ended(): LivepushError {
    return new LivepushError('internal', 'The session was cleaned up', {
        remedy: 'Start or attach again.',
    });
}

import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type Docker from 'dockerode';
import { type Context, scan } from '../context/scan.js';
import { ask } from '../docker/client.js';
import { asLivepushError } from '../common/errors.js';
import { engineFacts, learnImages } from '../docker/imageConfigs.js';
import { type Facts, openPlanner, setBuilt, setIgnore } from '../core/planner.js';
import { readIgnore } from '../context/dockerignore.js';
import type { CarriedOut } from '../push/pushContext.js';
import { NOTHING_DONE } from '../push/report.js';
import { endSession } from '../session/cleanup.js';
import { acquire } from '../session/lock.js';
import { Pusher } from '../push/pusher.js';
import { Dockerfile } from './dockerfile.js';
import { LivepushReport } from './report.js';
import { typedEmitter } from './typedEvents.js';
import { ContainerNotRunningError, InvalidArgumentError, RuntimeError } from './errors.js';

export type LivepushOptions = {
    /** Absolute path of the build context. */
    readonly context: string;
    readonly containerId: string;
    /** Images of all stages but the last, in order. */
    readonly stageImages: readonly string[];
    readonly docker: Docker;
    /** Never restart the container: what runs in it watches its files itself. */
    readonly skipContainerRestart?: boolean;
} & (
    | { readonly dockerfile: Dockerfile | string | Buffer }
    | { readonly dockerfileContent: string | Buffer }
);

/** What the events of a `Livepush` carry. */
export interface LivepushEvents {
    /** A command of a RUN is about to run in a container of its stage. */
    commandExecute: { stageIdx: number; command: string };
    commandOutput: { stageIdx: number; output: { data: Buffer; isStderr: boolean } };
    /** The command has ended; one that was cancelled with 137. */
    commandReturn: { stageIdx: number; returnCode: number; command: string };
    containerRestart: { containerId: string };
    /** A push was cancelled, by `cancel` or by a newer one. */
    cancel: undefined;
    /** A push begins. */
    livepushStart: { addedOrUpdated: readonly string[]; deleted: readonly string[] };
    /** The push that began last has ended. */
    livepushEnd: LivepushEnd;
}

export interface LivepushEnd {
    /** `nothing`: what was named makes no difference to the container. */
    readonly outcome: 'nothing' | 'done' | 'failed' | 'cancelled';
    readonly restarted: boolean;
    /** Why it failed, also where a command did and `performLivepush` does not reject. */
    readonly error: Error | null;
    readonly milliseconds: number;
}

interface Known {
    readonly facts: Facts;
    readonly ignore: string | null;
    readonly built: Context;
}

/** A container kept live; what npm `livepush` offers, to the letter. */
export class Livepush extends typedEmitter<LivepushEvents>() {
    /** The Dockerfile that it follows. */
    public readonly dockerfile: Dockerfile;
    readonly #options: LivepushOptions;
    readonly #known: Known;
    readonly #image: string;
    readonly #session = randomUUID();
    #pusher: Pusher;
    #cleanedUp = false;

    private constructor(
        options: LivepushOptions,
        dockerfile: Dockerfile,
        known: Known,
        image: string,
    ) {
        super();
        this.#options = options;
        this.dockerfile = dockerfile;
        this.#known = known;
        this.#image = image;
        this.#pusher = this.#open({});
    }

    /** Makes a session for a container that was built from this Dockerfile and context. */
    public static async init(options: LivepushOptions): Promise<Livepush> {
        const dockerfile = dockerfileOf(options);
        const { docker, stageImages } = options;
        if (stageImages.length !== dockerfile.stages.length - 1) {
            throw new InvalidArgumentError(
                `stageImages has ${stageImages.length} images; the Dockerfile has ` +
                    `${dockerfile.stages.length} stages, so ${dockerfile.stages.length - 1} are needed`,
            );
        }
        const context = resolve(options.context);
        const facts = await engineFacts(docker);
        const planner = openPlanner(settingsOf(dockerfile, {}), facts);
        try {
            await learnImages(docker, planner, facts);
            const ignore = await readIgnore(context, defaultDockerfile(context));
            setIgnore(planner, ignore);
            const built = await scan(context, planner);
            const container = await ask('Looking at the container', () =>
                docker.getContainer(options.containerId).inspect(),
            );
            const known = { facts, ignore, built };
            const livepush = new Livepush(
                { ...options, context },
                dockerfile,
                known,
                container.Image,
            );
            // Whoever cleans up after others leaves what a living process holds.
            await acquire(livepush.#session);
            await livepush.#pusher.live.prepare();
            return livepush;
        } finally {
            planner.free();
        }
    }

    /** Values for ARG instructions. */
    public setBuildArgs(buildArgs: Record<string, string>): void {
        const old = this.#pusher;
        this.#pusher = this.#open(buildArgs);
        void old.close();
    }

    /** Whether these paths could matter to the container, by their names alone. */
    public livepushNeeded(updated: readonly string[], deleted: readonly string[]): boolean {
        return [...updated, ...deleted].length > 0 && this.#pusher.isNeeded({ updated, deleted });
    }

    /** Brings the container up to date. A command that fails is told by an event, not thrown. */
    public async performLivepush(
        updated: readonly string[],
        deleted: readonly string[],
    ): Promise<void> {
        if (this.#cleanedUp) {
            throw new ContainerNotRunningError('The intermediate containers were removed');
        }
        await learnImages(this.#options.docker, this.#pusher.planner, this.#known.facts);
        // What is outside the context is not looked at, whoever names it.
        const within = {
            updated: this.#pusher.within(updated),
            deleted: this.#pusher.within(deleted),
        };
        const report = new LivepushReport(this, () => {
            this.emit('livepushStart', { addedOrUpdated: updated, deleted });
        });
        const result = await this.#pusher.push(within, report).catch((error: unknown) => {
            return { ...NOTHING_DONE, failed: asLivepushError(error) };
        });
        if (result.restarted) {
            this.emit('containerRestart', { containerId: this.#options.containerId });
        }
        if (result.failed?.code === 'cancelled') this.emit('cancel');
        this.emit('livepushEnd', report.end(result));
        throwUnlessTold(result);
    }

    /** Cancels what is being pushed; its work is part of the next push. */
    public async cancel(): Promise<void> {
        await this.#pusher.cancel();
    }

    /** Removes everything that was made besides the container itself. */
    public async cleanupIntermediateContainers(): Promise<void> {
        this.#cleanedUp = true;
        await this.#pusher.cleanUp();
        await endSession(this.#options.docker, this.#session);
    }

    #open(buildArgs: Readonly<Record<string, string>>): Pusher {
        const { docker, stageImages, containerId, context } = this.#options;
        const { facts, ignore, built } = this.#known;
        const planner = openPlanner(settingsOf(this.dockerfile, buildArgs), facts);
        setBuilt(planner, ignore, built);
        return new Pusher({
            docker,
            session: this.#session,
            planner,
            outline: planner.outline(),
            images: [...stageImages, this.#image],
            containerId,
            context,
            dockerfile: defaultDockerfile(context),
            built,
            ignore,
            checkBuilt: true,
            skipRestart: this.#options.skipContainerRestart === true,
            // One that ended is reported by ContainerNotRunningError, as npm's class does.
            startsEnded: false,
        });
    }
}

function dockerfileOf(options: LivepushOptions): Dockerfile {
    // Callers without types may name neither, or both; npm livepush takes the content first.
    const { dockerfileContent, dockerfile } = options as {
        readonly dockerfileContent?: string | Buffer;
        readonly dockerfile?: Dockerfile | string | Buffer;
    };
    const given = dockerfileContent ?? dockerfile;
    if (given === undefined) {
        throw new InvalidArgumentError('Neither dockerfile nor dockerfileContent was given');
    }
    return given instanceof Dockerfile ? given : new Dockerfile(given);
}

/** Only the text is known; where it has its default name, an ignore file beside it counts. */
function defaultDockerfile(context: string): string {
    return join(context, 'Dockerfile');
}

function settingsOf(dockerfile: Dockerfile, buildArgs: Readonly<Record<string, string>>) {
    return { text: dockerfile.content, target: null, buildArgs };
}

function throwUnlessTold({ failed, commandFailed }: CarriedOut): void {
    if (failed === null || commandFailed || failed.code === 'cancelled') return;
    const error = asLivepushError(failed);
    const text = error.remedy === '' ? error.message : `${error.message}. ${error.remedy}`;
    if (error.code === 'container-not-running' || error.code === 'container-gone') {
        throw new ContainerNotRunningError(text, error);
    }
    throw new RuntimeError(text, error);
}

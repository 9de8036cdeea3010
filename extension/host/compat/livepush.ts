import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type Docker from 'dockerode';
import { type Context, scan } from '../context/scan.js';
import { ask } from '../docker/client.js';
import { asLivepushError } from '../common/errors.js';
import { engineFacts, learnImages } from '../docker/imageConfigs.js';
import { type Facts, openPlanner, setBuilt, setIgnore } from '../core/planner.js';
import { readIgnore } from '../context/dockerignore.js';
import type { CarriedOut, Reporter } from '../push/pushContext.js';
import { endSession } from '../session/cleanup.js';
import { acquire } from '../session/lock.js';
import { Pusher } from '../push/pusher.js';
import { Dockerfile } from './dockerfile.js';
import { ContainerNotRunningError, InvalidArgumentError, RuntimeError } from './errors.js';

export interface LivepushOptions {
    readonly dockerfile: Dockerfile | string | Buffer;
    /** Absolute path of the build context. */
    readonly context: string;
    readonly containerId: string;
    /** Images of all stages but the last, in order. */
    readonly stageImages: readonly string[];
    readonly docker: Docker;
    readonly skipContainerRestart?: boolean;
}

export interface LivepushEvents {
    commandExecute: [event: { stageIdx: number; command: string }];
    commandOutput: [event: { stageIdx: number; output: { data: Buffer; isStderr: boolean } }];
    commandReturn: [event: { stageIdx: number; returnCode: number; command: string }];
    containerRestart: [event: { containerId: string }];
    cancel: [];
}

interface Known {
    readonly facts: Facts;
    readonly ignore: string | null;
    readonly built: Context;
}

/** A container kept live; what npm `livepush` offers, to the letter. */
export class Livepush extends EventEmitter<LivepushEvents> {
    readonly #options: LivepushOptions;
    readonly #dockerfile: Dockerfile;
    readonly #known: Known;
    readonly #image: string;
    readonly #session = randomUUID();
    #pusher: Pusher;

    private constructor(
        options: LivepushOptions,
        dockerfile: Dockerfile,
        known: Known,
        image: string,
    ) {
        super();
        this.#options = options;
        this.#dockerfile = dockerfile;
        this.#known = known;
        this.#image = image;
        this.#pusher = this.#open({});
    }

    /** Makes a session for a container that was built from this Dockerfile and context. */
    public static async init(options: LivepushOptions): Promise<Livepush> {
        const dockerfile =
            options.dockerfile instanceof Dockerfile
                ? options.dockerfile
                : new Dockerfile(options.dockerfile);
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
        await learnImages(this.#options.docker, this.#pusher.planner, this.#known.facts);
        const result = await this.#pusher.push({ updated, deleted }, this.#reporter());
        if (result.restarted) {
            this.emit('containerRestart', { containerId: this.#options.containerId });
        }
        if (result.failed?.code === 'cancelled') this.emit('cancel');
        throwUnlessTold(result);
    }

    /** Cancels what is being pushed; its work is part of the next push. */
    public async cancel(): Promise<void> {
        await this.#pusher.cancel();
    }

    /** Removes everything that was made besides the container itself. */
    public async cleanupIntermediateContainers(): Promise<void> {
        await this.#pusher.cleanUp();
        await endSession(this.#options.docker, this.#session);
    }

    #open(buildArgs: Readonly<Record<string, string>>): Pusher {
        const { docker, stageImages, containerId, context } = this.#options;
        const { facts, ignore, built } = this.#known;
        const planner = openPlanner(settingsOf(this.#dockerfile, buildArgs), facts);
        setBuilt(planner, ignore, built);
        const pusher = new Pusher({
            docker,
            session: this.#session,
            planner,
            outline: planner.outline(),
            images: [...stageImages, this.#image],
            containerId,
            context,
            dockerfile: defaultDockerfile(context),
            built,
            skipRestart: this.#options.skipContainerRestart === true,
        });
        pusher.ignore = ignore;
        return pusher;
    }

    #reporter(): Reporter {
        const stages = new Map<string, number>();
        return {
            plan: (plan) => {
                for (const { id, stage } of plan.actions) stages.set(id, stage);
            },
            action: () => undefined,
            output: (id, stream, data) => {
                const output = { data: Buffer.from(data), isStderr: stream === 'stderr' };
                this.emit('commandOutput', { stageIdx: stages.get(id) ?? 0, output });
            },
            command: ({ stage }, { text }) => {
                this.emit('commandExecute', { stageIdx: stage, command: text });
            },
            returned: ({ stage }, { text }, returnCode) => {
                this.emit('commandReturn', { stageIdx: stage, returnCode, command: text });
            },
        };
    }
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
        throw new ContainerNotRunningError(text, { cause: error });
    }
    throw new RuntimeError(text, { cause: error });
}

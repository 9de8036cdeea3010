import type Docker from 'dockerode';
import type { Stream } from '../docker/demux.js';
import { Helper } from '../helper/client.js';
import { HelperGone, HelperUnavailable } from '../helper/errors.js';
import { binaryOf } from '../helper/binary.js';
import { orWithoutHelper } from '../helper/fallback.js';
import { helperPath, putHelper } from '../helper/install.js';
import { cancelled, LivepushError, messageOf, throwIfAborted } from '../common/errors.js';
import { listSome, listTree, tarOfSome } from '../files/containerFiles.js';
import type { Listing } from '../files/listing.js';
import { originsByContent, originsOf, type Origins } from '../files/origins.js';
import { imageOfContainer } from '../docker/checkpoint.js';
import { writeArchive } from '../docker/archive.js';
import { ask } from '../docker/client.js';
import { execute, type Command } from '../docker/exec.js';
import { lackedShell } from '../docker/missingShell.js';
import { createContainer, removeContainer, removeImage } from '../docker/objects.js';
import { writeBuild } from './writeFiles.js';

/** What a container of ours has around it while a step runs in it. */
export interface Surroundings {
    readonly network: string;
    readonly mounts: readonly Docker.MountSettings[];
    readonly tmpfs: Readonly<Record<string, string>>;
}

export interface RunOptions {
    readonly onOutput?: (stream: Stream, data: Uint8Array) => void;
    readonly signal?: AbortSignal | undefined;
}

/** It keeps a container open where there is no helper for it. */
const IDLE_SHELL = '/bin/sh';

const PLAIN: Surroundings = { network: 'default', mounts: [], tmpfs: {} };

/**
 * A container in which the steps of a stage are replayed. No application runs in it; it is not
 * even started until a command has to run. It is replaced by one made from its own state where the
 * next command needs other mounts or another network, which Docker sets once and for all.
 */
export class BuildContainer {
    readonly #docker: Docker;
    readonly #session: string;
    readonly #changed = new Set<string>();
    readonly #images: string[] = [];
    #idle: Idle;
    #surroundings = PLAIN;
    #helper: Helper | null = null;
    #starting: Promise<void> | null = null;

    private constructor(docker: Docker, session: string, idle: Idle) {
        this.#docker = docker;
        this.#session = session;
        this.#idle = idle;
    }

    public static async create(
        docker: Docker,
        image: string,
        session: string,
    ): Promise<BuildContainer> {
        return new BuildContainer(docker, session, await createIdle(docker, image, session, PLAIN));
    }

    public get container(): Docker.Container {
        return this.#idle.container;
    }

    /** Writes a tar, which is asked for again where the first way does not work. */
    public write(whole: () => AsyncIterable<Buffer>, size: 'small' | 'large'): Promise<void> {
        const helper = size === 'small' ? this.#helper : null;
        return writeBuild(this.container, helper, whole);
    }

    /** Writes a tar by the archive API, whatever has to make room for it. */
    public replace(whole: () => AsyncIterable<Buffer>): Promise<void> {
        return writeArchive(this.container, whole());
    }

    /** Runs a command as a build would. A cancelled one takes its container with it. */
    public async run(command: Command, options: RunOptions = {}): Promise<number> {
        throwIfAborted(options.signal);
        await this.#start();
        const whole = { ...command, env: withoutExtras(command.env), user: command.user || '0' };
        if (this.#helper !== null) {
            try {
                return await this.#helper.run({ ...command, env: [...command.env] }, options);
            } catch (error) {
                if (options.signal?.aborted === true) throw cancelled();
                // What the command did until then nobody knows.
                if (error instanceof HelperGone) throw error;
                options.onOutput?.('stderr', Buffer.from(`${messageOf(error)}\n`));
                return 126;
            }
        }
        const kill = (): Promise<void> => this.container.kill().then(() => undefined);
        return execute(this.#docker, this.container.id, whole, { ...options, kill });
    }

    /** Starts it before there is anything to run; whether it is there for more than looking at. */
    public async warmUp(): Promise<boolean> {
        await this.#start();
        return this.isWarm;
    }

    /** Whether it runs, as far as can be known without asking. */
    public get isWarm(): boolean {
        return this.#helper?.hasEnded === false;
    }

    /** Gives the next commands other surroundings; the state stays. */
    public async surround(surroundings: Surroundings): Promise<void> {
        if (same(surroundings, this.#surroundings)) return;
        await this.#noteChanges();
        const image = await imageOfContainer(this.#docker, this.container, this.#session);
        this.#images.push(image);
        const old = this.container;
        this.#helper = null;
        this.#idle = await createIdle(this.#docker, image, this.#session, surroundings);
        this.#surroundings = surroundings;
        await removeContainer(old);
    }

    /** Back to a container like any other, and without what was only there to be mounted on. */
    public async unsurround(mountPoints: readonly string[]): Promise<void> {
        await this.surround(PLAIN);
        if (mountPoints.length === 0) return;
        await this.#start();
        const paths = [...mountPoints];
        if (this.#helper !== null) await this.#helper.remove(paths);
        else await this.run({ argv: ['rm', '-rf', '--', ...paths], cwd: '/', env: [], user: '0' });
    }

    /** Keeps the state as an image. */
    public commit(): Promise<string> {
        return imageOfContainer(this.#docker, this.container, this.#session);
    }

    /** All paths that were changed since the image that the container was first made from. */
    public async changed(): Promise<ReadonlySet<string>> {
        await this.#noteChanges();
        return this.#changed;
    }

    /** What is at each of these paths, without what is below it. */
    public async list(paths: readonly string[]): Promise<Listing> {
        if (paths.length > MANY) await this.#start();
        return listSome(this.container, this.#helper, paths);
    }

    /** A path and all below it; nothing where nothing is. */
    public tree(path: string): Promise<Listing> {
        return listTree(this.container, this.#helper, path);
    }

    /** Where each path comes from: where no helper runs, by what it is and contains. */
    public async origins(): Promise<Origins> {
        await this.#start();
        return orWithoutHelper(this.#helper, originsOf, () => originsByContent(this.container));
    }

    /** A tar of exactly these paths, as far as they are there, its names relative to `/`. */
    public async tar(paths: readonly string[]): Promise<AsyncIterable<Buffer>> {
        if (paths.length > MANY) await this.#start();
        return tarOfSome(this.container, this.#helper, paths);
    }

    public async remove(): Promise<void> {
        await removeContainer(this.container);
        for (const image of this.#images.reverse()) await removeImage(this.#docker, image);
    }

    async #noteChanges(): Promise<void> {
        const changes: unknown = await ask('Asking what changed', () => this.container.changes());
        // Where nothing changed, the answer is `null`, which the client passes on as bytes.
        if (!Array.isArray(changes)) return;
        for (const { Path: path } of changes as { Path: string }[]) this.#changed.add(path);
    }

    /** Starts it if need be, with a helper if one can run in it. */
    #start(): Promise<void> {
        this.#starting ??= this.#startNow().finally(() => (this.#starting = null));
        return this.#starting;
    }

    async #startNow(): Promise<void> {
        if (!this.#idle.started) await this.#startIdle();
        else if (this.#helper?.hasEnded === true) await this.#openHelper().catch(() => undefined);
    }

    async #startIdle(): Promise<void> {
        // Put there only now: a container that never runs shows nothing of it.
        if (this.#idle.helper !== null) {
            await putHelper(
                this.#docker,
                this.#idle.container.id,
                this.#idle.helper,
                this.#idle.architecture,
            );
        }
        await this.#startContainer();
        this.#idle.started = true;
        if (this.#idle.helper !== null) await this.#openHelper();
    }

    async #startContainer(): Promise<void> {
        try {
            await ask('Starting a build container', () => this.#idle.container.start());
        } catch (error) {
            if (this.#idle.helper !== null) throw error;
            const shell = await lackedShell(this.#idle.container, [IDLE_SHELL]).catch(() => null);
            if (shell === null) throw error;
            const message = 'Nothing in the image can replay a step: it has no shell';
            throw new LivepushError('rebuild-needed', message, {
                remedy: 'Rebuild, which runs all steps.',
                cause: error,
            });
        }
    }

    async #openHelper(): Promise<void> {
        this.#helper = null;
        try {
            this.#helper = await Helper.open(this.#docker, this.#idle.container.id, {
                architecture: this.#idle.architecture,
            });
        } catch (error) {
            if (!(error instanceof HelperUnavailable)) throw error;
        }
    }
}

/** So many paths are worth a container that runs. */
const MANY = 24;

/** Docker gives every container a host name variable that a build does not have. */
function withoutExtras(env: readonly string[]): string[] {
    return env.some((variable) => variable.startsWith('HOSTNAME='))
        ? [...env]
        : [...env, 'HOSTNAME'];
}

function same(a: Surroundings, b: Surroundings): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}

/** A container of ours, and what its first process is. */
interface Idle {
    readonly container: Docker.Container;
    readonly architecture: string;
    /** Where the helper has to be when it starts; null where there is none for it. */
    readonly helper: string | null;
    started: boolean;
}

async function createIdle(
    docker: Docker,
    image: string,
    session: string,
    { network, mounts, tmpfs }: Surroundings,
): Promise<Idle> {
    const { Architecture: architecture } = await ask('Looking at a checkpoint', () =>
        docker.getImage(image).inspect(),
    );
    const helper = await binaryOf(architecture).then(helperPath, () => null);
    // Reading from a standard input that stays open and empty is the idlest that a shell can be.
    const command = helper === null ? [IDLE_SHELL, '-c', 'read _'] : [helper, 'idle'];
    const container = await createContainer(docker, session, 'Making a build container', {
        Image: image,
        Entrypoint: [],
        Cmd: command,
        User: '0:0',
        WorkingDir: '/',
        Hostname: 'buildkitsandbox',
        OpenStdin: true,
        HostConfig: {
            NetworkMode: network,
            Mounts: [...mounts],
            Tmpfs: { ...tmpfs },
        },
    });
    return { container, architecture, helper, started: false };
}

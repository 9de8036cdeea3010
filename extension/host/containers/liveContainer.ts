import type Docker from 'dockerode';
import { asLivepushError, LivepushError } from '../common/errors.js';
import { Helper } from '../helper/client.js';
import { HelperUnavailable } from '../helper/errors.js';
import { hasInit } from '../helper/init.js';
import { helperPath } from '../helper/install.js';
import { listPath, type Listing } from '../files/listing.js';
import { listSome, listTree } from '../files/containerFiles.js';
import { writeArchive } from '../docker/archive.js';
import { ask } from '../docker/client.js';
import { makeWay, whilePaused } from './paused.js';
import { cannotRemove, removeByCommand } from './removeByCommand.js';
import { removeFromStopped } from './removeFromStopped.js';
import { WAITING, writeLive, type Content } from './writeFiles.js';

/** The name that Docker gives to a volume that has none. */
const ANONYMOUS = /^[0-9a-f]{64}$/u;

/** Milliseconds that an application which catches its stop signal may take to stop. */
const GRACE = 300;

/** The container that runs the application. */
export class LiveContainer {
    readonly #docker: Docker;
    readonly #container: Docker.Container;
    /** Always the same: one that could not start any more is replaced and removed by the next. */
    readonly #helperPath = helperPath();
    #helper: Promise<Helper | null> | null = null;
    /** The helper once it is open. */
    #ready: Helper | null = null;
    /** Whether the application is our child; null while nobody looked. It never changes. */
    #hasInit: boolean | null = null;
    #stopSignal: string | undefined;
    #onUnavailable: ((why: HelperUnavailable) => void) | null;
    /** Files may be in the folder of those that wait. */
    #isWaiting = false;
    #foreignMounts: Promise<readonly string[]> | null = null;
    /** What is done while the container is paused by this. */
    #pausedWork: Promise<unknown> = Promise.resolve();
    #pauses = 0;

    /** `onUnavailable` is told at most once, why the helper cannot run in this container. */
    public constructor(
        docker: Docker,
        id: string,
        onUnavailable: ((why: HelperUnavailable) => void) | null = null,
    ) {
        this.#docker = docker;
        this.#container = docker.getContainer(id);
        this.#onUnavailable = onUnavailable;
    }

    public get id(): string {
        return this.#container.id;
    }

    /** Opens the helper ahead of time, so that no push need wait for it. */
    public async prepare(): Promise<void> {
        this.#helper ??= this.#openHelper();
        await this.#helper;
    }

    /** Writes what is given, by the helper where it is open or about to be. */
    public async write(content: Content): Promise<void> {
        if (this.#helper !== null) await this.#helper;
        this.#isWaiting ||= this.#ready !== null && content.parts !== null;
        try {
            await writeLive(this.#container, this.#ready, content, () =>
                this.#whilePaused(() => this.#writeByArchive(content)),
            );
        } finally {
            // Where it cannot be removed now, it is once the push is over.
            await this.removeWaiting().catch(() => undefined);
        }
    }

    async #writeByArchive(content: Content): Promise<void> {
        const mounts = await this.foreignMounts();
        const way = await makeWay(this.#container, content.written, mounts);
        const tar = async function* (): AsyncGenerator<Buffer> {
            yield* way;
            yield* content.whole();
        };
        await writeArchive(this.#container, tar());
    }

    /** Nobody else may take the container for paused, or start anything in it, meanwhile. */
    async #whilePaused<T>(work: () => Promise<T>): Promise<T> {
        this.#pauses += 1;
        const paused = whilePaused(this.#container, work);
        this.#pausedWork = paused.catch(() => undefined);
        return paused;
    }

    /** Removes what waits, or has waited. */
    public async removeWaiting(): Promise<void> {
        if (!this.#isWaiting) return;
        await this.remove([WAITING]);
        this.#isWaiting = false;
    }

    /** All that is in the container; at and below foreign mounts it means nothing. */
    public async tree(): Promise<Listing> {
        this.#helper ??= this.#openHelper();
        const listing = await listTree(this.#container, await this.#helper, '/');
        const foreign = await this.foreignMounts();
        const { Mounts: mounts } = await ask('Looking at the container', () =>
            this.#container.inspect(),
        );
        for (const { Destination: mount } of mounts) {
            // The helper lists nothing below any mount.
            if (foreign.includes(mount)) continue;
            for (const entry of await listPath(this.#container, mount)) listing.set(...entry);
        }
        return listing;
    }

    /** What is at each of some paths, without what is below them. */
    public async list(paths: readonly string[]): Promise<Listing> {
        this.#helper ??= this.#openHelper();
        return listSome(this.#container, await this.#helper, paths);
    }

    /** Removes paths and all below them. */
    public async remove(paths: readonly string[]): Promise<void> {
        if (paths.length === 0) return;
        this.#helper ??= this.#openHelper();
        const helper = await this.#helper;
        if (helper !== null) {
            const problems = await helper.remove(paths).catch(() => null);
            if (problems !== null) {
                const [problem] = problems;
                if (problem === undefined) return;
                throw cannotRemove(problem.path, problem.message, problem.code === 'mounted');
            }
        }
        if (!(await this.isRunning())) return this.#removeFromStopped(paths);
        try {
            await removeByCommand(this.#docker, this.#container, paths, (work) =>
                this.#whilePaused(work),
            );
        } catch (error) {
            if (asLivepushError(error).code !== 'container-not-running') throw error;
            await this.#removeFromStopped(paths);
        }
    }

    /**
     * Restarts the application: alone where we are its first process, else with its container. Then
     * the helper is gone, and opened only when it is needed: until it runs its file can be seen.
     */
    public async restart(): Promise<void> {
        if (await this.#restartProcess()) return;
        await this.close();
        await ask('Restarting the container', () => this.#container.restart({ t: 0 }));
    }

    async #restartProcess(): Promise<boolean> {
        if (this.#hasInit === false) return false;
        const helper = await (this.#helper ??= this.#openHelper());
        if (helper === null || this.#hasInit !== true) return false;
        try {
            await helper.restart({ stopSignal: this.#stopSignal, graceMilliseconds: GRACE });
            return true;
        } catch {
            // It cannot end every process, or has itself been ended: Docker can.
            return false;
        }
    }

    /** Whether its application runs; throws where the container is paused. */
    public async isRunning(): Promise<boolean> {
        const state = await this.#state();
        // One whose application ends again and again is said to run, even while it waits.
        const running = state.Running && !state.Restarting;
        // A helper that is frozen or gone would never answer.
        if (state.Paused || !running) await this.close();
        if (state.Paused) {
            throw new LivepushError('container-paused', 'The container is paused', {
                remedy: 'Unpause it (`docker unpause`), then push again.',
            });
        }
        return running;
    }

    /** One that Docker starts again and again may run for a moment. */
    #removeFromStopped(paths: readonly string[]): Promise<void> {
        return this.#whilePaused(() => removeFromStopped(this.#container, paths));
    }

    /** The state of the container but for pauses of this. */
    async #state(): Promise<Docker.ContainerInspectInfo['State']> {
        for (;;) {
            await this.#pausedWork;
            const pauses = this.#pauses;
            const { State: state } = await ask('Looking at the container', () =>
                this.#container.inspect(),
            );
            if (pauses === this.#pauses) return state;
        }
    }

    /**
     * Where something is mounted that a new container of a new image would show as it is now. An
     * anonymous volume is none: a new container gets a new one, filled from its image.
     */
    public foreignMounts(): Promise<readonly string[]> {
        this.#foreignMounts ??= this.#findForeignMounts();
        this.#foreignMounts.catch(() => (this.#foreignMounts = null));
        return this.#foreignMounts;
    }

    async #findForeignMounts(): Promise<readonly string[]> {
        const { Mounts: mounts, HostConfig: config } = await ask('Looking at the container', () =>
            this.#container.inspect(),
        );
        const foreign = mounts.filter(({ Type: type, Name: name, RW: writable }) => {
            return type !== 'volume' || !writable || !ANONYMOUS.test(name ?? '');
        });
        return [...foreign.map(({ Destination: at }) => at), ...Object.keys(config.Tmpfs ?? {})];
    }

    public async close(): Promise<void> {
        const helper = this.#helper;
        this.#helper = null;
        this.#ready = null;
        await (await helper)?.close().catch(() => undefined);
    }

    async #openHelper(): Promise<Helper | null> {
        try {
            await this.#pausedWork;
            const container = await this.#container.inspect();
            this.#hasInit = hasInit(container);
            // What is put into a container in which nothing can run would stay in it.
            if (!container.State.Running || container.State.Paused) return null;
            this.#stopSignal = (container.Config as { StopSignal?: string }).StopSignal;
            const helper = await Helper.open(this.#docker, this.id, {
                init: this.#hasInit,
                path: this.#helperPath,
            });
            this.#ready = helper;
            void helper.ended.then(() => {
                if (this.#ready !== helper) return;
                this.#ready = null;
                this.#helper = null;
            });
            return helper;
        } catch (error) {
            // Whatever keeps it from running: the same is done without it, and says what is wrong.
            if (error instanceof HelperUnavailable) {
                this.#onUnavailable?.(error);
                this.#onUnavailable = null;
            }
            return null;
        }
    }
}

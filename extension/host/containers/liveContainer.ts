import type Docker from 'dockerode';
import { LivepushError } from '../common/errors.js';
import { Helper } from '../helper/client.js';
import { HelperUnavailable } from '../helper/errors.js';
import { hasInit } from '../helper/init.js';
import { helperPath } from '../helper/install.js';
import { listPath, type Listing } from '../files/listing.js';
import { listTree } from '../files/containerFiles.js';
import { ask } from '../docker/client.js';
import { execute } from '../docker/exec.js';
import { WAITING, write, type Content } from './writeFiles.js';

/** Paths per `rm`, far below what a command line may hold. */
const REMOVED_AT_ONCE = 500;

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

    /** Writes what is given. The helper is not waited for: opening it takes longer than a write. */
    public async write(content: Content): Promise<void> {
        this.#isWaiting ||= this.#ready !== null && content.parts !== null;
        try {
            await write(this.#container, this.#ready, content);
        } finally {
            // Where it cannot be removed now, it is once the push is over.
            await this.removeWaiting().catch(() => undefined);
        }
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
        await this.#removeByCommand(paths);
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

    /** Throws what keeps the container from being pushed to. */
    public async check(): Promise<void> {
        const { State: state } = await ask('Looking at the container', () =>
            this.#container.inspect(),
        );
        // A helper that is frozen or gone would never answer.
        if (state.Paused || !state.Running) await this.close();
        if (state.Paused) {
            throw new LivepushError('container-paused', 'The container is paused', {
                remedy: 'Unpause it (`docker unpause`), then push again.',
            });
        }
        if (!state.Running) {
            throw new LivepushError('container-not-running', 'The container is not running', {
                remedy: 'Start it (`docker start`), then push again.',
            });
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

    /** Where neither the helper nor the image has a program for it. */
    async #cannotRemoveAny(path: string): Promise<LivepushError> {
        const { HostConfig: config } = await ask('Looking at the container', () =>
            this.#container.inspect(),
        );
        if (config.ReadonlyRootfs) return cannotRemove(path, 'Read-only file system', false);
        const message = `${path} stays: nothing in the container can remove files`;
        return new LivepushError('rebuild-needed', message, {
            path,
            remedy: 'Rebuild, which makes a new container.',
        });
    }

    async #removeByCommand(paths: readonly string[]): Promise<void> {
        for (let from = 0; from < paths.length; from += REMOVED_AT_ONCE) {
            const some = paths.slice(from, from + REMOVED_AT_ONCE);
            let said = '';
            const code = await execute(
                this.#docker,
                this.id,
                { argv: ['rm', '-rf', '--', ...some], cwd: '/', env: [], user: '0' },
                { onOutput: (_stream, data) => (said += Buffer.from(data).toString()) },
            );
            if (code === 126 || code === 127) {
                throw await this.#cannotRemoveAny(some[0] ?? '/');
            }
            if (code !== 0) throw cannotRemove(some[0] ?? '/', said.trim(), said.includes('busy'));
        }
    }
}

function cannotRemove(path: string, why: string, mounted: boolean): LivepushError {
    return new LivepushError(mounted ? 'mounted-over' : 'read-only', `${path} stays: ${why}`, {
        path,
        remedy: mounted
            ? 'Run the container without the volume or bind mount over this path.'
            : 'Run the container with a root filesystem that can be written.',
    });
}

import { createHash, randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { readArchive, statPath, writeArchive } from '../docker/archive.js';
import type { BuildContainer, Surroundings } from '../containers/buildContainer.js';
import { createContainer, createVolume, removeContainer, removeVolume } from '../docker/objects.js';
import { readTar } from '../tar/reader.js';
import { padding, TAR_END, tarHeader, type TarHeader } from '../tar/writer.js';
import type { Sources } from './sources.js';
import type { Mount, RunCommand } from '../core/planner.js';

/** What one RUN has around it, and what has to be undone when it has ended. */
export interface Prepared {
    readonly surroundings: Surroundings;
    /** Directories that are only there to be mounted on, deepest first. */
    readonly mountPoints: readonly string[];
    release(): Promise<void>;
}

/** Where in a volume its content is: mounting a part of it works for single files too. */
const CONTENT = 'content';

/** Makes the mounts of RUNs as volumes, which Docker can mount where a build mounts its snapshots. */
export class Mounts {
    readonly #docker: Docker;
    readonly #session: string;
    #sources: Sources;
    readonly #scratch: string;
    readonly #caches = new Set<string>();

    /** `scratch` is any image; a container of it is made to fill volumes and never started. */
    public constructor(docker: Docker, session: string, sources: Sources, scratch: string) {
        this.#docker = docker;
        this.#session = session;
        this.#sources = sources;
        this.#scratch = scratch;
    }

    public async prepare(
        build: BuildContainer,
        command: RunCommand,
        sources: Sources,
    ): Promise<Prepared> {
        this.#sources = sources;
        const mounts: Docker.MountSettings[] = [];
        const tmpfs: Record<string, string> = {};
        const volumes: string[] = [];
        const targets: string[] = [];
        for (const mount of command.mounts) {
            if (mount.kind === 'secret') continue;
            targets.push(mount.target);
            if (mount.kind === 'tmpfs') {
                tmpfs[mount.target] = mount.size > 0 ? `size=${mount.size}` : '';
            } else if (mount.kind === 'cache') {
                mounts.push(volumeMount(await this.#cache(mount), mount.target, false));
            } else {
                const volume = await this.#bind(mount);
                volumes.push(volume);
                mounts.push(volumeMount(volume, mount.target, !mount.writable));
            }
        }
        if (command.script !== null) {
            const volume = await this.#script(command.script);
            volumes.push(volume);
            mounts.push(volumeMount(volume, command.script.path, true));
        }
        const mountPoints = await missing(build.container, targets);
        const release = async (): Promise<void> => {
            for (const name of volumes) await removeVolume(this.#docker, name);
        };
        return { surroundings: { network: command.network, mounts, tmpfs }, mountPoints, release };
    }

    /** Removes the caches. */
    public async close(): Promise<void> {
        for (const name of this.#caches) await removeVolume(this.#docker, name);
        this.#caches.clear();
    }

    /** A cache lives as long as the session. */
    async #cache(mount: Extract<Mount, { kind: 'cache' }>): Promise<string> {
        const digest = createHash('sha256').update(mount.id).digest('hex').slice(0, 24);
        const name = `livepush-${this.#session}-${digest}`;
        if (this.#caches.has(name)) return name;
        const { mode, uid, gid } = mount;
        await this.#volume(name, this.#top({ kind: 'directory', mode, uid, gid }));
        this.#caches.add(name);
        return name;
    }

    async #bind(mount: Extract<Mount, { kind: 'bind' }>): Promise<string> {
        const { source } = mount;
        if (source.kind === 'context') {
            return this.#volume(undefined, this.#ofContext(source.path, mount.contextPaths));
        }
        if (source.kind !== 'stage' && source.kind !== 'image') {
            throw new Error(`Nothing to mount at ${mount.target}`);
        }
        const build = await (source.kind === 'stage'
            ? this.#sources.stage(source.stage)
            : this.#sources.image(source.name));
        return this.#volume(undefined, ofContainer(build, source.path));
    }

    #script(script: { readonly text: string }): Promise<string> {
        const bytes = Buffer.from(script.text);
        const top = this.#top({ kind: 'file', mode: 0o755, uid: 0, gid: 0 }, bytes);
        return this.#volume(undefined, top);
    }

    async *#top(
        it: Pick<TarHeader, 'kind' | 'mode' | 'uid' | 'gid'>,
        bytes = Buffer.alloc(0),
    ): AsyncGenerator<Buffer> {
        await Promise.resolve();
        const name = `volume/${CONTENT}`;
        yield tarHeader({ ...it, name, size: bytes.length, mtimeMs: Date.now(), target: '' });
        yield bytes;
        yield padding(bytes.length);
    }

    async *#ofContext(root: string, paths: readonly string[]): AsyncGenerator<Buffer> {
        if (root === '') yield* this.#top({ kind: 'directory', mode: 0o755, uid: 0, gid: 0 });
        for (const path of paths) {
            const entry = this.#sources.context.entry(path);
            if (entry === undefined || entry.kind === 'other') continue;
            const below = path === root ? '' : path.slice(root === '' ? 0 : root.length + 1);
            const file = entry.kind === 'file' ? this.#sources.context.open(path) : null;
            if (entry.kind === 'file' && file === null) continue;
            yield tarHeader({
                name: posix.join('volume', CONTENT, below),
                kind: entry.kind,
                mode: entry.mode,
                uid: 0,
                gid: 0,
                size: entry.size,
                mtimeMs: entry.mtimeMs,
                target: entry.target,
            });
            if (file !== null) yield* file.bytes;
            yield padding(entry.size);
        }
    }

    /** Makes a volume and fills it through a container that is never started. */
    async #volume(wanted: string | undefined, content: AsyncIterable<Buffer>): Promise<string> {
        const name = wanted ?? `livepush-${randomUUID()}`;
        await createVolume(this.#docker, this.#session, name);
        const container = await createContainer(this.#docker, this.#session, 'Filling a volume', {
            Image: this.#scratch,
            Cmd: ['-'],
            HostConfig: {
                Mounts: [{ Type: 'volume', Source: name, Target: '/volume' }],
            },
        });
        try {
            await writeArchive(container, ended(content));
        } finally {
            await removeContainer(container, false);
        }
        return name;
    }
}

async function* ended(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield* content;
    yield TAR_END;
}

async function* ofContainer(build: BuildContainer, path: string): AsyncGenerator<Buffer> {
    const tar = await readArchive(build.container, path);
    if (tar === null) return;
    const place = (name: string): string =>
        posix.join('volume', CONTENT, name.slice(path === '/' ? 0 : path.length));
    for await (const { header, data } of readTar(tar, posix.dirname(path))) {
        const target = header.kind === 'hardlink' ? place(header.target) : header.target;
        yield tarHeader({ ...header, name: place(header.name), target });
        yield* data;
        yield padding(header.size);
    }
}

function volumeMount(volume: string, target: string, readOnly: boolean): Docker.MountSettings {
    return {
        Type: 'volume',
        Source: volume,
        Target: target,
        ReadOnly: readOnly,
        VolumeOptions: { NoCopy: true, Subpath: CONTENT },
    } as unknown as Docker.MountSettings;
}

/** Which of these paths, and of their parents, are not there; deepest first. */
async function missing(container: Docker.Container, targets: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (const target of targets) {
        for (let path = target; path !== '/'; path = posix.dirname(path)) {
            if ((await statPath(container, path)) !== null) break;
            found.add(path);
        }
    }
    return [...found].sort((a, b) => b.length - a.length);
}

/**
 * Writing into a live container by the archive API, where no helper runs in it. The daemon follows
 * the links on the way to what it writes, so an application could have it write elsewhere. For as
 * long as a write takes the container is paused: what was found to be a directory remains one.
 */
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { inTurns } from '../common/forEachLimit.js';
import { statPath, type PathStat } from '../docker/archive.js';
import { daemonMessage, fromDocker, statusOf } from '../docker/errors.js';
import { isAtOrBelow } from '../files/paths.js';
import { tarHeader } from '../tar/writer.js';
import { isMounted, type Written } from './writeFiles.js';

/** So many paths are looked at at once. */
const AT_ONCE = 8;

/** As the daemon gives it to directories that it has to make. */
const IMPLIED = 0o755;

/** Does something while nothing runs in the container. */
export async function whilePaused<T>(
    container: Docker.Container,
    work: () => Promise<T>,
): Promise<T> {
    const paused = await pause(container);
    try {
        return await work();
    } finally {
        if (paused) await unpause(container);
    }
}

async function unpause(container: Docker.Container): Promise<void> {
    try {
        await container.unpause();
    } catch (error) {
        // It ended as it was about to be paused, and Docker starts it again.
        if (!/is not (?:paused|running)/iu.test(daemonMessage(error))) {
            throw fromDocker(error, 'Unpausing the container');
        }
    }
}

/** Whether it is paused now by this call: it may be stopped, and not every engine can do it. */
async function pause(container: Docker.Container): Promise<boolean> {
    try {
        await container.pause();
        return true;
    } catch (error) {
        if (statusOf(error) === 404) throw fromDocker(error, 'Pausing the container');
        return false;
    }
}

/** What is at some paths of a container that is paused, and on the way to them. */
export class Surveyed {
    readonly #container: Docker.Container;
    readonly #known = new Map<string, PathStat | null>([['/', null]]);

    private constructor(container: Docker.Container) {
        this.#container = container;
    }

    /** Looks at the parents of paths, each below nothing but directories. */
    public static async ofParents(
        container: Docker.Container,
        paths: readonly string[],
    ): Promise<Surveyed> {
        const surveyed = new Surveyed(container);
        let level = new Set<string>(['/']);
        const parents = parentsOf(paths);
        while (level.size > 0) {
            const next = parents.filter((path) => level.has(posix.dirname(path)));
            const found = new Set<string>();
            await inTurns(
                next,
                async (path) => {
                    if ((await surveyed.#look(path))?.kind === 'directory') found.add(path);
                },
                AT_ONCE,
            );
            level = found;
        }
        return surveyed;
    }

    /** What is at a path whose parents were looked at; null where one of them is no directory. */
    public async at(path: string): Promise<PathStat | null> {
        return this.#isReached(path) ? this.#look(path) : null;
    }

    /** The parents that are there and are no directories: what is below them is not there. */
    public get obstacles(): string[] {
        const known = [...this.#known];
        return known.flatMap(([path, stat]) =>
            stat !== null && stat.kind !== 'directory' ? [path] : [],
        );
    }

    #isReached(path: string): boolean {
        const parent = posix.dirname(path);
        return parent === '/' || this.#known.get(parent)?.kind === 'directory';
    }

    async #look(path: string): Promise<PathStat | null> {
        const stat = await statPath(this.#container, path);
        this.#known.set(path, stat);
        return stat;
    }
}

/** All directories on the way to paths but the root, each once. */
function parentsOf(paths: readonly string[]): string[] {
    const parents = new Set<string>();
    for (const path of paths) {
        let parent = posix.dirname(path);
        while (parent !== '/' && !parents.has(parent)) {
            parents.add(parent);
            parent = posix.dirname(parent);
        }
    }
    return [...parents];
}

/**
 * The headers with which a tar has to begin so that what it writes lands where its names say: a
 * directory for each link or file on the way. Refuses what would land in a mount, or remove one.
 */
export async function makeWay(
    container: Docker.Container,
    written: readonly Written[],
    mounts: readonly string[],
): Promise<Buffer[]> {
    const paths = written.map(({ path }) => path);
    await refuseMounts(container, written, mounts);
    const { obstacles } = await Surveyed.ofParents(container, paths);
    return obstacles.map((path) =>
        tarHeader({
            name: path.slice(1),
            kind: 'directory',
            mode: IMPLIED,
            uid: 0,
            gid: 0,
            size: 0,
            mtimeMs: Date.now(),
            target: '',
        }),
    );
}

/** The daemon mounts at the place that a link leads to, which an application may have made. */
async function refuseMounts(
    container: Docker.Container,
    written: readonly Written[],
    mounts: readonly string[],
): Promise<void> {
    const places = new Set(mounts);
    for (const mount of mounts) places.add(await placeOf(container, mount));
    for (const { path, isDirectory } of written) {
        const above = [...places].some((place) => isAtOrBelow(place, new Set([path])));
        if (isAtOrBelow(path, places) || (above && !isDirectory)) throw isMounted(path);
    }
}

/** Where a path leads, its links followed. */
async function placeOf(container: Docker.Container, path: string): Promise<string> {
    let place = '';
    for (const name of path.split('/').filter((part) => part !== '')) {
        place = `${place}/${name}`;
        const stat = await statPath(container, place);
        if (stat?.kind === 'symlink') place = stat.target === '/' ? '' : stat.target;
    }
    return place === '' ? '/' : place;
}

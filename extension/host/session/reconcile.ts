import type Docker from 'dockerode';
import { BuildContainer } from '../containers/buildContainer.js';
import { layeredImage } from '../buildkit/content.js';
import { imageOfLayers } from '../docker/checkpoint.js';
import { removeImage } from '../docker/objects.js';
import type { LiveContainer } from '../containers/liveContainer.js';
import { compareListings, differenceOf, isOfTheImage } from '../files/compare.js';
import { isAtOrBelow } from '../files/paths.js';
import type { Listing } from '../files/listing.js';
import { relay } from '../tar/relay.js';
import { TAR_END } from '../tar/writer.js';
import { buildProject, type BuiltProject, type ProjectSettings } from './project.js';
import type { Difference } from '../api.js';

/**
 * Makes a container that was made from one image (and pushed to since, nobody knows how far) hold
 * what another image holds. What neither image has is the application's own and stays.
 */
export async function adopt(
    docker: Docker,
    session: string,
    live: LiveContainer,
    from: string,
    to: string,
    /** What else is known to be no file of the application's own. */
    pushed: ReadonlySet<string> = new Set(),
): Promise<boolean> {
    const old = from === to ? null : await wholeImage(docker, from, session);
    const fresh = await wholeImage(docker, to, session);
    try {
        const wanted = await fresh.build.tree('/');
        const before = old === null ? wanted : await old.build.tree('/');
        const actual = await live.tree();
        const mounts = new Set(await live.foreignMounts());
        const isOurs = (path: string): boolean => isOfTheImage(path) && !isAtOrBelow(path, mounts);
        const { remove, write } = changesTo(
            wanted,
            new Set([...before.keys(), ...pushed]),
            actual,
            isOurs,
        );
        await live.remove(remove);
        if (write.length > 0) {
            const whole = async function* (): AsyncGenerator<Buffer> {
                yield* relay(await fresh.build.tar(write));
                yield TAR_END;
            };
            const written = write.map((path) => ({
                path,
                isDirectory: wanted.get(path)?.kind === 'directory',
            }));
            await live.write({ written, whole, parts: null });
        }
        return remove.length + write.length > 0;
    } finally {
        for (const made of [old, fresh]) {
            await made?.build.remove();
            if (made !== null) await removeImage(docker, made.image);
        }
    }
}

async function wholeImage(
    docker: Docker,
    image: string,
    session: string,
): Promise<{ build: BuildContainer; image: string }> {
    const layered = await layeredImage(docker, image);
    const whole = await imageOfLayers(docker, layered, layered.layers.length, session);
    return { build: await BuildContainer.create(docker, whole, session), image: whole };
}

function changesTo(
    wanted: Listing,
    before: ReadonlySet<string>,
    actual: Listing,
    isOurs: (path: string) => boolean,
): { remove: string[]; write: string[] } {
    const write = [...wanted.values()]
        .filter(({ path }) => isOurs(path))
        .filter((entry) => {
            const there = actual.get(entry.path);
            return there === undefined || differenceOf(entry, there) !== null;
        })
        .map(({ path }) => path);
    const remove = [...before].filter(
        (path) => isOurs(path) && !wanted.has(path) && actual.has(path),
    );
    return { remove, write };
}

/**
 * Builds the project as it is now, and makes the container hold what that build does by comparing
 * all of it. Says whether anything had to be changed.
 */
export async function recover(
    settings: ProjectSettings,
    live: LiveContainer,
    from: string,
): Promise<{ readonly project: BuiltProject; readonly changed: boolean }> {
    const project = await buildProject(settings);
    try {
        const { docker, session } = settings;
        return { project, changed: await adopt(docker, session, live, from, project.image) };
    } catch (error) {
        project.planner.free();
        throw error;
    }
}

/** Every path in which a container differs from a new one of an image, where nothing is mounted. */
export async function differences(
    docker: Docker,
    session: string,
    image: string,
    live: LiveContainer,
    mounts: Docker.ContainerInspectInfo['Mounts'],
): Promise<readonly Difference[]> {
    const fresh = await BuildContainer.create(docker, image, session);
    try {
        // With a helper in both it compares attributes that Docker does not tell.
        await fresh.warmUp().catch(() => false);
        const mounted = new Set(mounts.map(({ Destination: path }) => path));
        const isCompared = (path: string): boolean =>
            isOfTheImage(path) && !isAtOrBelow(path, mounted);
        return compareListings(await fresh.tree('/'), await live.tree(), isCompared);
    } finally {
        await fresh.remove();
    }
}

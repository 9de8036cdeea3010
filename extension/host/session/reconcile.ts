import type Docker from 'dockerode';
import { BuildContainer } from '../containers/buildContainer.js';
import { imageOfLayers, removeImage } from '../docker/checkpoint.js';
import { ask } from '../docker/client.js';
import type { LiveContainer } from '../containers/liveContainer.js';
import { differenceOf, isAtOrBelow, isOfTheImage } from '../files/compare.js';
import type { Listing } from '../files/listing.js';
import { relay } from '../tar/relay.js';
import { TAR_END } from '../tar/writer.js';

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
): Promise<boolean> {
    const old = from === to ? null : await wholeImage(docker, from, session);
    const fresh = await wholeImage(docker, to, session);
    try {
        const wanted = await fresh.build.tree('/');
        const before = old === null ? wanted : await old.build.tree('/');
        const actual = await live.tree();
        const mounts = await live.foreignMounts();
        const isOurs = (path: string): boolean => isOfTheImage(path) && !isAtOrBelow(path, mounts);
        const { remove, write } = differences(wanted, before, actual, isOurs);
        await live.remove(remove);
        if (write.length > 0) {
            const whole = async function* (): AsyncGenerator<Buffer> {
                yield* relay(await fresh.build.tar(write));
                yield TAR_END;
            };
            await live.write({ whole, parts: null });
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
    const inspected = await ask(`Looking at image ${image}`, () =>
        docker.getImage(image).inspect(),
    );
    const count = inspected.RootFS.Layers?.length ?? 0;
    const whole = await imageOfLayers(docker, image, count, session);
    return { build: await BuildContainer.create(docker, whole, session), image: whole };
}

function differences(
    wanted: Listing,
    before: Listing,
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
    const remove = [...before.keys()].filter(
        (path) => isOurs(path) && !wanted.has(path) && actual.has(path),
    );
    return { remove, write };
}

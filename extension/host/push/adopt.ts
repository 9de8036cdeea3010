import type Docker from 'dockerode';
import { BuildContainer } from '../docker/buildContainer.js';
import { imageOfLayers, removeImage } from '../docker/checkpoint.js';
import { ask } from '../docker/engine.js';
import type { LiveContainer } from '../docker/liveContainer.js';
import { differenceOf, isOfTheImage } from '../tree/compare.js';
import { listContainer, type Listing } from '../tree/listing.js';
import { readTar } from '../tree/tarReader.js';
import { padding, TAR_END, tarHeader } from '../tree/tarWriter.js';

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
        const wanted = await listContainer(fresh.build.container);
        const before = old === null ? wanted : await listContainer(old.build.container);
        const actual = await listContainer(docker.getContainer(live.id));
        const { remove, write } = differences(wanted, before, actual);
        await live.remove(remove);
        if (write.length > 0) {
            const whole = async function* (): AsyncGenerator<Buffer> {
                yield* relay(await fresh.build.tar(write));
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
): { remove: string[]; write: string[] } {
    const write = [...wanted.values()]
        .filter(({ path }) => isOfTheImage(path))
        .filter((entry) => {
            const there = actual.get(entry.path);
            return there === undefined || differenceOf(entry, there) !== null;
        })
        .map(({ path }) => path);
    const remove = [...before.keys()].filter(
        (path) => isOfTheImage(path) && !wanted.has(path) && actual.has(path),
    );
    return { remove, write };
}

async function* relay(tar: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const { header, data } of readTar(tar, '/')) {
        const target = header.kind === 'hardlink' ? header.target.slice(1) : header.target;
        yield tarHeader({ ...header, name: header.name.slice(1), target });
        yield* data;
        yield padding(header.size);
    }
    yield TAR_END;
}

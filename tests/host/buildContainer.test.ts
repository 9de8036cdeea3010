import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listing } from '../../extension/host/files/listing.js';
import { BuildContainer } from '../../extension/host/containers/buildContainer.js';
import { connect } from '../../extension/host/engine.js';
import { execOutput } from '../helper/containers.js';

const docker = await connect();
let container: BuildContainer;

beforeAll(async () => {
    container = await BuildContainer.create(docker, 'busybox', 'test');
});

afterAll(async () => {
    await container.remove();
});

/** Ends everything in the container but its first process. */
async function killHelper(): Promise<void> {
    await execOutput(container.container, 'sh', '-c', 'kill -9 -1');
}

async function* fileNamed(name: string, text: string): AsyncIterable<Buffer> {
    const pack = tar.pack();
    pack.entry({ name }, text);
    pack.finalize();
    yield await buffer(pack);
}

const MANY = Array.from({ length: 100 }, (_, index) => `/bin/${index}`);
const PATHS = ['/etc/group', '/bin/busybox', ...MANY];

/** Attributes `user.*` are told by the helper alone. */
const known = (listing: Listing): unknown[] =>
    [...listing.values()]
        .map((entry) => ({ ...entry, userAttributes: null }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));

const operations = {
    tree: async () => known(await container.tree('/etc')),
    list: async () => known(await container.list(PATHS)),
    tar: async () => {
        const other = await BuildContainer.create(docker, 'busybox', 'test');
        const tar = async function* (): AsyncGenerator<Buffer> {
            yield* await container.tar(['/etc', ...MANY, '/bin/busybox']);
        };
        await other.write(tar, 'large').finally(() => other.remove());
    },
    write: async () => {
        await container.write(() => fileNamed('written', 'text'), 'small');
        return known(await container.list(['/written']));
    },
    origins: async () => [...(await container.origins()).keys()].length > 400,
};

test.each(Object.keys(operations) as (keyof typeof operations)[])(
    'a build container whose helper was killed gives the same as before: %s',
    async (name) => {
        expect(await container.warmUp()).toBe(true);
        const before = await operations[name]();
        await killHelper();
        expect(await operations[name]()).toEqual(before);
        // The next one has a helper again.
        const next = await BuildContainer.create(docker, 'busybox', 'test');
        await container.remove();
        container = next;
    },
);

test.each(Object.keys(operations) as (keyof typeof operations)[])(
    'a helper that is killed while it works costs nothing but time: %s',
    async (name) => {
        expect(await container.warmUp()).toBe(true);
        const before = await operations[name]();
        const [after] = await Promise.all([operations[name](), killHelper()]);
        expect(after).toEqual(before);
    },
);

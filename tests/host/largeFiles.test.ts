/** Large files: only as much of them is read as has to be, and all of them arrives. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, open, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { lookAt } from '../../extension/host/context/changes.js';
import type { ContextEntry } from '../../extension/host/context/entry.js';
import { openFile } from '../../extension/host/context/beneath.js';
import { piecesOf } from '../../extension/host/context/openFile.js';
import { scan } from '../../extension/host/context/scan.js';
import { Unhashed } from '../../extension/host/context/backgroundHasher.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const ALL = { isIgnored: () => false, isWithheld: () => false, mayDescend: () => true };
const MEBI = 1024 * 1024;
let root: string;

beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'livepush-test-'));
});

afterEach(() => rm(root, { recursive: true }));

const large = () => join(root, 'large');

/** Noise, so that no two parts of it are alike. */
function noise(size: number, seed: number): Buffer {
    const bytes = Buffer.alloc(size);
    for (let at = 0, state = seed; at + 4 <= size; at += 4) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        bytes.writeUInt32LE(state, at);
    }
    return bytes;
}

async function change(at: number): Promise<void> {
    const handle = await open(large(), 'r+');
    await handle.write('changed', at);
    await handle.close();
}

const touch = () => utimes(large(), new Date(), new Date(Date.now() + 5000));

describe('a large file', () => {
    let known: Map<string, ContextEntry>;

    beforeEach(async () => {
        await writeFile(large(), noise(10 * MEBI + 5, 1));
        known = await scan(root, ALL);
    });

    async function look(): Promise<ContextEntry> {
        const { there } = await lookAt(root, ['large'], ALL, known);
        const entry = there.get('large');
        if (entry === undefined) throw new Error('large is not there');
        known.set('large', entry);
        return entry;
    }

    async function hashRest(entry: ContextEntry): Promise<void> {
        const unhashed = new Unhashed(root);
        unhashed.note('large', entry);
        unhashed.resume();
        await vi.waitUntil(() => entry.blocks?.isPartial === false);
        await unhashed.end();
    }

    test('is the same when it was only touched', async () => {
        const { digest } = known.get('large') ?? {};
        await touch();
        expect((await look()).digest).toBe(digest);
    });

    test.each([0, 4 * MEBI, 10 * MEBI])('has changed when byte %d has', async (at) => {
        const { digest } = known.get('large') ?? {};
        await change(at);
        expect((await look()).digest).not.toBe(digest);
    });

    test('has changed when it has grown, and no more is read of it than its head', async () => {
        const { digest } = known.get('large') ?? {};
        await appendFile(large(), 'x');
        const entry = await look();
        expect(entry.digest).not.toBe(digest);
        expect(entry.blocks?.isPartial).toBe(true);
    });

    test('counts as changed again while nobody has hashed the rest of it', async () => {
        await change(0);
        const { digest } = await look();
        await touch();
        expect((await look()).digest).not.toBe(digest);
    });

    test('is the same again once the rest of it is hashed', async () => {
        await change(0);
        const entry = await look();
        await hashRest(entry);
        await touch();
        expect((await look()).digest).toBe(entry.digest);
        await change(9 * MEBI);
        expect((await look()).digest).not.toBe(entry.digest);
    });

    test('leaves nothing behind of what it was not when it was sent', async () => {
        await change(0);
        const entry = await look();
        await change(9 * MEBI);
        const unhashed = new Unhashed(root);
        unhashed.note('large', entry);
        unhashed.resume();
        await unhashed.end();
        expect(entry.blocks?.isPartial).toBe(true);
        expect((await look()).digest).not.toBe(entry.digest);
    });
});

test.each([0, 1, MEBI - 1, MEBI, MEBI + 1, 3 * MEBI])(
    'a file of %d bytes is read whole',
    async (size) => {
        const bytes = noise(size, 2);
        await writeFile(large(), bytes);
        const handle = await openFile(root, 'large');
        const [read, expected] = [createHash('sha256'), createHash('sha256').update(bytes)];
        // One that has become shorter than was thought.
        for await (const piece of piecesOf(handle, 0, size + 3)) read.update(piece);
        await handle.close();
        expect(read.digest('hex')).toBe(expected.digest('hex'));
    },
);

test('large and middle-sized files arrive as they are, and one that was touched is not sent', async () => {
    const docker = await connect();
    await writeFile(
        join(root, 'Dockerfile'),
        'FROM busybox\n#dev-cmd-live=sleep 100000\nCOPY files /files\n',
    );
    const files = { large: 9 * MEBI + 1, other: 5 * MEBI, middle: MEBI + 77, small: 3 };
    await mkdir(join(root, 'files'));
    const save = async (seed: number): Promise<void> => {
        for (const [name, size] of Object.entries(files)) {
            await writeFile(join(root, 'files', name), noise(size, seed));
        }
    };
    await save(1);
    const session = await Session.start({
        docker,
        dockerfile: join(root, 'Dockerfile'),
        context: root,
    });
    onTestFinished(() => session.close({ removeContainer: true }));
    for (const seed of [2, 3]) {
        await save(seed);
        const paths = Object.keys(files).map((name) => `files/${name}`);
        expect((await session.push({ updated: paths, deleted: [] })).outcome).toBe('done');
        expect(await session.verify()).toEqual([]);
    }
    // What was sent is hashed between the pushes.
    await vi.waitUntil(async () => {
        await utimes(join(root, 'files/large'), new Date(), new Date());
        return (await session.push()).outcome === 'nothing';
    }, 20_000);
});

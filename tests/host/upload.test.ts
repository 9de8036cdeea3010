/** What is sent to the daemon from memory that is used again. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Upload } from '../../extension/host/docker/uploadStream.js';

let folder: string;
let server: Server;
let received: Promise<string>;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    let tell: (digest: string) => void;
    received = new Promise((resolve) => (tell = resolve));
    server = createServer((asked, answer) => {
        void (async () => {
            const hash = createHash('sha256');
            for await (const piece of asked) {
                hash.update(piece as Buffer);
                // The sender is to wait for the socket, not only for its own turn.
                for (let turns = 0; turns < 20; turns++) await turn();
            }
            tell(hash.digest('hex'));
            answer.end();
        })().catch(() => answer.destroy());
    }).listen(join(folder, 'socket'));
    await once(server, 'listening');
});

afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
});

/** Pieces of different sizes, all in the same memory, and the digest of what they held. */
function pieces(sizes: readonly number[]): { all: AsyncIterable<Buffer>; digest: () => string } {
    const memory = Buffer.alloc(Math.max(...sizes));
    const hash = createHash('sha256');
    async function* all(): AsyncGenerator<Buffer> {
        for (const [index, size] of sizes.entries()) {
            await turn();
            const piece = memory.fill(index + 1, 0, size).subarray(0, size);
            hash.update(piece);
            yield piece;
        }
    }
    return { all: all(), digest: () => hash.digest('hex') };
}

const post = () => request({ socketPath: join(folder, 'socket'), method: 'POST' });

test('arrives as it was, however small or large its pieces are', async () => {
    const sizes = [1, 512, 1 << 20, 511, 65_535, 65_536, 65_537, 0, 3 << 20, 1 << 20, 7];
    const { all, digest } = pieces(sizes);
    new Upload(all).pipe(post());
    expect(await received).toBe(digest());
});

test('says what went wrong with its source', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
        yield Buffer.alloc(1 << 20);
        await turn();
        throw new Error('the disk is gone');
    }
    const upload = new Upload(broken());
    const asked = post();
    asked.on('error', () => undefined);
    const failed = once(upload, 'close').catch((error: unknown) => error);
    upload.pipe(asked);
    expect(await failed).toMatchObject({ message: 'the disk is gone' });
    asked.destroy();
});

test('closes its source when the request is given up', async () => {
    let closed: () => void;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    async function* endless(): AsyncGenerator<Buffer> {
        try {
            for (;;) {
                await turn();
                yield Buffer.alloc(1 << 20);
            }
        } finally {
            closed();
        }
    }
    const upload = new Upload(endless());
    const asked = post();
    asked.on('error', () => undefined);
    upload.pipe(asked);
    await once(server, 'request');
    upload.destroy();
    asked.destroy();
    await isClosed;
});

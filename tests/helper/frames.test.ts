/** Whatever comes over the stream of a helper, the host reads it as answers or says that it cannot. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../extension/host/helper/connection.js';
import { HelperGone } from '../../extension/host/helper/errors.js';
import * as protocol from '../../extension/host/helper/protocol.js';
import { TarStream } from '../../extension/host/helper/tarStream.js';
import { Answer } from '../../extension/host/helper/protocol.js';
import { encodeFrame, MalformedFrame } from '../../extension/host/helper/frames.js';

/** For longer runs: so many times the cases. */
const RUNS = Number(process.env['LIVEPUSH_RUNS'] ?? 1);

const readers: readonly ((payload: Buffer) => unknown)[] = [
    protocol.readHello,
    protocol.readOutput,
    protocol.readExit,
    protocol.readDone,
    protocol.readError,
    (payload) => protocol.readEntries(payload, []),
];

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
    fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const frame = fc
    .tuple(fc.constantFrom(...Object.values(Answer)), fc.nat(3), bytes(200))
    .map(([kind, id, payload]) => encodeFrame(kind, id, payload));

/** Whole frames, and among them bytes that are none. */
const stream = fc.array(fc.oneof({ weight: 4, arbitrary: frame }, bytes(40)), { maxLength: 12 });

/** As Docker sends what a command prints. */
function asOutput(data: Buffer): Buffer {
    const header = Buffer.alloc(8);
    header[0] = 1;
    header.writeUInt32BE(data.length, 4);
    return Buffer.concat([header, data]);
}

test('any payload is an answer or malformed', () => {
    fc.assert(
        fc.property(bytes(300), fc.constantFrom(...readers), (payload, read) => {
            try {
                read(payload);
            } catch (error) {
                expect(error).toBeInstanceOf(MalformedFrame);
            }
        }),
        { numRuns: 5000 * RUNS },
    );
});

test('any stream ends, and whoever waits for an answer hears of it', async () => {
    await fc.assert(
        fc.asyncProperty(stream, fc.integer({ min: 1, max: 50 }), async (parts, size) => {
            const pipe = new PassThrough();
            const connection = new Connection(pipe);
            const gone = new Promise<Error>((resolve) => {
                connection.request(0, Buffer.alloc(0), {
                    frame: ({ payload }) => readers.forEach((read) => read(payload)),
                    gone: resolve,
                });
            });
            const whole = Buffer.concat(parts);
            for (let at = 0; at < whole.length; at += size) {
                pipe.write(asOutput(whole.subarray(at, at + size)));
            }
            pipe.end();
            expect(await gone).toBeInstanceOf(HelperGone);
            expect(await connection.ended).toBeInstanceOf(HelperGone);
        }),
        { numRuns: 1000 * RUNS },
    );
});

describe('a stream that does not end', () => {
    test('is left where it sends an archive faster than it was asked for', async () => {
        const pipe = new PassThrough();
        const connection = new Connection(pipe);
        const tar = new TarStream(connection, { paths: ['/'] });
        const failed = new Promise<Error>((resolve) => tar.once('error', resolve));
        const chunk = asOutput(encodeFrame(Answer.data, 1, Buffer.alloc(65_536)));
        for (let count = 0; count < 17; count += 1) pipe.write(chunk);
        expect(await failed).toBeInstanceOf(HelperGone);
        expect(await connection.ended).toBeInstanceOf(HelperGone);
    });

    test('is left where it answers what nobody asked', async () => {
        const pipe = new PassThrough();
        const connection = new Connection(pipe);
        connection.request(0, Buffer.alloc(0), { frame: () => undefined, gone: () => undefined });
        const stray = asOutput(encodeFrame(Answer.data, 99, Buffer.alloc(1)));
        for (let count = 0; count < 5000 && !connection.hasEnded; count += 1) pipe.write(stray);
        expect(await connection.ended).toBeInstanceOf(HelperGone);
    });
});

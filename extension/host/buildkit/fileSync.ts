import type { Writable } from 'node:stream';
import { fieldsOf, message, type Field } from './protobuf.js';
import { grpcFrame } from './grpc.js';

/** One path that a build may ask for. */
export interface SentFile {
    /** Relative, with `/`. */
    readonly path: string;
    readonly kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'char-device' | 'block-device';
    readonly mode: number;
    readonly size: number;
    readonly mtimeMs: number;
    readonly target: string;
    readonly device?: readonly [major: number, minor: number] | undefined;
    /** The same for all names of one file, where it has several; else empty. */
    readonly links?: string;
    /** The bytes, read only when they are asked for. */
    readonly read: () => AsyncIterable<Buffer>;
}

/** One file that is only in memory, as all that a directory has. */
export async function* memoryFile(path: string, text: string): AsyncGenerator<SentFile> {
    await Promise.resolve();
    const bytes = Buffer.from(text);
    yield {
        path,
        kind: 'file',
        mode: 0o644,
        size: bytes.length,
        mtimeMs: Date.now(),
        target: '',
        read: () => oneChunk(bytes),
    };
}

/** Bytes that are in memory already. */
export async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
    await Promise.resolve();
    yield bytes;
}

// Kinds of packets of BuildKit's file transfer.
const STAT = 0;
const REQUEST = 1;
const DATA = 2;
const FINISH = 3;
const FAILED = 4;

const GO_DIRECTORY = 2 ** 31;
const GO_SYMLINK = 2 ** 27;
const GO_DEVICE = 2 ** 26;
const GO_FIFO = 2 ** 25;
const GO_CHARACTER = 2 ** 21;

const GO_KIND: Readonly<Record<SentFile['kind'], number>> = {
    file: 0,
    directory: GO_DIRECTORY,
    symlink: GO_SYMLINK,
    fifo: GO_FIFO,
    'block-device': GO_DEVICE,
    'char-device': GO_DEVICE + GO_CHARACTER,
};

/**
 * Serves one directory to BuildKit: first what there is, in the order of a walk, then the bytes of
 * what it asks for (it keeps what it got for an earlier build).
 */
export async function sendFiles(
    stream: Writable,
    requests: AsyncIterable<Buffer>,
    files: AsyncIterable<SentFile>,
): Promise<void> {
    const known: SentFile[] = [];
    const write = writerTo(stream);
    const send = (fields: readonly (readonly [number, Field | string])[]): Promise<void> =>
        write(grpcFrame(message(fields)));
    const listing = (async () => {
        const sorted: SentFile[] = [];
        for await (const file of files) sorted.push(file);
        sorted.sort((a, b) => compare(a.path, b.path));
        const firstNames = new Map<string, string>();
        for (const file of sorted) {
            known.push(file);
            const { links = '', path } = file;
            const first = links === '' ? undefined : firstNames.get(links);
            if (links !== '' && first === undefined) firstNames.set(links, path);
            await send([
                [1, STAT],
                [2, statOf(file, first)],
            ]);
        }
        await send([[1, STAT]]);
    })();
    listing.catch(() => undefined);
    // All files are asked for at once; a few are open at a time.
    const lanes = Array.from({ length: 8 }, () => Promise.resolve());
    for await (const request of requests) {
        const { kind, id, text } = parse(request);
        if (kind === FAILED) throw new Error(text);
        if (kind === FINISH) {
            await listing;
            await Promise.all(lanes);
            await send([[1, FINISH]]);
            return;
        }
        const file = known[id];
        if (kind !== REQUEST || file === undefined) continue;
        const lane = id % lanes.length;
        const sent = (lanes[lane] ?? Promise.resolve()).then(async () => {
            for await (const data of file.read()) {
                // DATA without bytes is the end of the file, which must be told once.
                if (data.length === 0) continue;
                await send([
                    [1, DATA],
                    [3, id],
                    [4, data],
                ]);
            }
            await send([
                [1, DATA],
                [3, id],
            ]);
        });
        sent.catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined));
        lanes[lane] = sent;
    }
    await listing;
}

/** `firstName` is another name of the file that was sent before. */
function statOf(file: SentFile, firstName: string | undefined): Buffer {
    const kind = GO_KIND[file.kind];
    const special =
        (file.mode & 0o4000 ? 2 ** 23 : 0) +
        (file.mode & 0o2000 ? 2 ** 22 : 0) +
        (file.mode & 0o1000 ? 2 ** 20 : 0);
    return message([
        [1, file.path],
        [2, kind + special + (file.mode & 0o777)],
        [5, file.kind === 'file' && firstName === undefined ? file.size : 0],
        [6, BigInt(Math.round(file.mtimeMs * 1e6))],
        [7, firstName ?? file.target],
        [8, file.device?.[0] ?? 0],
        [9, file.device?.[1] ?? 0],
    ]);
}

function parse(packet: Buffer): { kind: number; id: number; text: string } {
    let kind = 0;
    let id = 0;
    let text = '';
    for (const [field, value] of fieldsOf(packet)) {
        if (field === 1) kind = Number(value);
        if (field === 3) id = Number(value);
        if (field === 4 && Buffer.isBuffer(value)) text = value.toString();
    }
    return { kind, id, text };
}

/** The order in which a walk meets paths: a directory, then all below it, then its next sibling. */
function compare(a: string, b: string): number {
    const left = Buffer.from(a.replaceAll('/', '\0'));
    return left.compare(Buffer.from(b.replaceAll('/', '\0')));
}

/**
 * Writes to a stream as fast as it takes it. All that write at the same time wait for the same
 * event, and also go on when the stream ends, since no room comes then.
 */
function writerTo(stream: Writable): (data: Buffer) => Promise<void> {
    let room: Promise<void> | null = null;
    const untilRoom = (): Promise<void> =>
        new Promise((resolve) => {
            const done = (): void => {
                stream.off('drain', done);
                stream.off('close', done);
                room = null;
                resolve();
            };
            stream.on('drain', done);
            stream.on('close', done);
        });
    return async (data) => {
        if (stream.destroyed) throw new Error('The build no longer listens');
        if (!stream.write(data)) await (room ??= untilRoom());
    };
}

/** Empty files are common (`__init__.py`, `.gitkeep`), and the build's file transfer has a rule for them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sendFiles, type SentFile } from '../../extension/host/buildkit/fileSync.js';
import { grpcFrame, readGrpc } from '../../extension/host/buildkit/grpc.js';
import { fieldsOf, message } from '../../extension/host/buildkit/protobuf.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const DOCKERFILE = `FROM busybox
COPY . /app/
RUN find /app -type f -empty | wc -l > /count
CMD ["sleep", "100000"]
`;
const EMPTY = 300;
let folder: string;

/** Names under which projects have empty files, at several depths. */
function emptyPath(index: number): string {
    const name = ['__init__.py', '.gitkeep', 'py.typed', 'empty file', 'lock'][index % 5] ?? '';
    return join('src', `part ${index % 7}`, String(index), name);
}

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await writeFile(join(folder, 'main.py'), 'print()\n');
    for (let index = 0; index < EMPTY; index++) {
        const file = join(folder, emptyPath(index));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, '', { mode: [0o644, 0o755, 0o600][index % 3] ?? 0o644 });
    }
});

afterAll(() => rm(folder, { recursive: true }));

describe('a project with empty files', () => {
    test.each([1, 2, 3, 4, 5])('starts (%i)', async (round) => {
        // What BuildKit keeps from the last build it does not ask for again.
        for (let index = 0; index < EMPTY; index += round) {
            const file = join(folder, emptyPath(index));
            await rm(file);
            await writeFile(file, '');
        }
        const dockerfile = join(folder, 'Dockerfile');
        const session = await Session.start({ docker, dockerfile, context: folder });
        try {
            expect(await session.verify()).toEqual([]);
        } finally {
            await session.close({ removeContainer: true });
        }
    });
});

const STAT = 0;
const REQUEST = 1;
const DATA = 2;
const FINISH = 3;

interface Packet {
    readonly kind: number;
    readonly id: number;
    readonly size: number;
}

function packetOf(bytes: Buffer): Packet {
    const packet = { kind: 0, id: 0, size: 0 };
    for (const [field, value] of fieldsOf(bytes)) {
        if (field === 1) packet.kind = Number(value);
        if (field === 3) packet.id = Number(value);
        if (field === 4) packet.size = (value as Buffer).length;
    }
    return packet;
}

function request(id: number): Buffer {
    const fields = [
        [1, REQUEST],
        [3, id],
    ] as const;
    return message(fields);
}

describe('the file transfer', () => {
    const file = (path: string, pieces: readonly string[]): SentFile => ({
        path,
        kind: 'file',
        mode: 0o644,
        size: pieces.join('').length,
        mtimeMs: 0,
        target: '',
        read: async function* () {
            await Promise.resolve();
            for (const piece of pieces) yield Buffer.from(piece);
        },
    });

    /** What a receiver gets that asks for every file, reading no faster than `stream` allows. */
    async function received(files: readonly SentFile[], stream: PassThrough): Promise<Packet[]> {
        const requests = new PassThrough();
        async function* listed(): AsyncGenerator<SentFile> {
            await Promise.resolve();
            yield* files;
        }
        const sending = sendFiles(stream, readGrpc(requests), listed()).then(() => stream.end());
        const packets: Packet[] = [];
        let asked = 0;
        let ends = 0;
        for await (const bytes of readGrpc(stream)) {
            const packet = packetOf(bytes);
            packets.push(packet);
            if (packet.kind === STAT) {
                if (asked < files.length) requests.write(grpcFrame(request(asked++)));
            } else if (packet.kind === DATA && packet.size === 0) {
                ends += 1;
                if (ends === files.length) requests.write(grpcFrame(message([[1, FINISH]])));
            }
        }
        await sending;
        return packets;
    }

    test('ends each file once, whatever pieces it is read in', async () => {
        const files = [file('a', ['']), file('b', []), file('c', ['x', '', 'y']), file('d', ['z'])];
        const packets = await received(files, new PassThrough());
        const data = packets.filter(({ kind }) => kind === DATA);
        const sizes = files.map((_, id) =>
            data.filter((packet) => packet.id === id).map(({ size }) => size),
        );
        expect(sizes).toEqual([[0], [0], [1, 1, 0], [1, 0]]);
    });

    test('warns of nothing with many files and a slow receiver', async () => {
        const warned = vi.fn();
        process.on('warning', warned);
        const files = Array.from({ length: 2000 }, (_, index) =>
            file(`f${index}`, ['x'.repeat(99)]),
        );
        const stream = new PassThrough({ highWaterMark: 64 });
        // Fewer than there are files on their way at once.
        stream.setMaxListeners(5);
        await received(files, stream);
        process.off('warning', warned);
        expect(warned.mock.calls.length).toBe(0);
    });
});

import type { TarHeader, TarKind } from './writer.js';
import { XATTR } from './writer.js';

/** One entry of a tar that is being read. Data that is not taken is skipped before the next one. */
export interface TarEntry {
    readonly header: TarHeader;
    readonly data: AsyncIterable<Buffer>;
}

const BLOCK = 512;
const KINDS: Readonly<Record<string, TarKind>> = {
    '0': 'file',
    '\0': 'file',
    '7': 'file',
    '1': 'hardlink',
    '2': 'symlink',
    '3': 'char-device',
    '4': 'block-device',
    '5': 'directory',
    '6': 'fifo',
};

type Records = ReadonlyMap<string, Buffer>;

/**
 * The entries of a tar, their names joined to the folder that it was taken from: absolute paths
 * without the trailing slash of directories. It reads what Docker writes, ustar with extended
 * headers, whose values may be any bytes (file capabilities are), and GNU's long names.
 */
export async function* readTar(
    source: AsyncIterable<Buffer>,
    folder: string,
): AsyncGenerator<TarEntry> {
    const input = new Input(source);
    let extended = new Map<string, Buffer>();
    try {
        for (;;) {
            const block = await input.take(BLOCK);
            if (block === null || block.every((byte) => byte === 0)) break;
            const type = String.fromCharCode(block[156] ?? 0);
            const size = sizeOf(block, extended);
            if (type === 'x' || type === 'L' || type === 'K') {
                const body = await input.body(size);
                if (type === 'x') extended = new Map([...extended, ...recordsOf(body)]);
                else extended.set(type === 'L' ? 'path' : 'linkpath', untilNul(body));
                continue;
            }
            const kind = KINDS[type];
            input.open(kind === 'file' || kind === undefined ? size : 0);
            if (kind !== undefined) {
                yield { header: headerOf(block, kind, size, extended, folder), data: input.data() };
            }
            await input.close();
            extended = new Map();
        }
        // The daemon's connection is used again only when it was read to its end.
        await input.rest();
    } finally {
        await input.stop();
    }
}

/** The bytes of a tar, in blocks and in the pieces in which they come. */
class Input {
    private readonly chunks: AsyncIterator<Buffer>;
    private buffer: Buffer = Buffer.alloc(0);
    private left = 0;
    private fill = 0;

    public constructor(source: AsyncIterable<Buffer>) {
        this.chunks = source[Symbol.asyncIterator]();
    }

    /** Exactly so many bytes, or null at the end. */
    public async take(count: number): Promise<Buffer | null> {
        if (this.buffer.length < count) {
            const parts = [this.buffer];
            let have = this.buffer.length;
            while (have < count) {
                const next = await this.chunks.next();
                if (next.done === true) return null;
                parts.push(next.value);
                have += next.value.length;
            }
            this.buffer = Buffer.concat(parts);
        }
        const taken = this.buffer.subarray(0, count);
        this.buffer = this.buffer.subarray(count);
        return taken;
    }

    public async body(size: number): Promise<Buffer> {
        const whole = await this.take(Math.ceil(size / BLOCK) * BLOCK);
        if (whole === null) throw new Error('The archive ends in the middle of an entry');
        return whole.subarray(0, size);
    }

    public open(size: number): void {
        this.left = size;
        this.fill = (BLOCK - (size % BLOCK)) % BLOCK;
    }

    public async *data(): AsyncGenerator<Buffer> {
        while (this.left > 0) {
            if (this.buffer.length === 0) await this.more();
            const piece = this.buffer.subarray(0, this.left);
            this.buffer = this.buffer.subarray(piece.length);
            this.left -= piece.length;
            yield piece;
        }
    }

    public async close(): Promise<void> {
        while (this.left > 0) {
            if (this.buffer.length === 0) await this.more();
            const piece = Math.min(this.left, this.buffer.length);
            this.buffer = this.buffer.subarray(piece);
            this.left -= piece;
        }
        if (this.fill > 0) await this.take(this.fill);
        this.fill = 0;
    }

    public async rest(): Promise<void> {
        for (;;) if ((await this.chunks.next()).done === true) return;
    }

    public async stop(): Promise<void> {
        await this.chunks.return?.();
    }

    private async more(): Promise<void> {
        const next = await this.chunks.next();
        if (next.done === true) throw new Error('The archive ends in the middle of a file');
        this.buffer = next.value;
    }
}

function headerOf(
    block: Buffer,
    kind: TarKind,
    size: number,
    extended: Records,
    folder: string,
): TarHeader {
    const prefix = block.subarray(257, 262).toString() === 'ustar' ? text(block, 345, 155) : '';
    const short = text(block, 0, 100);
    const isGnu = block[263] === 0x20;
    const name =
        extended.get('path')?.toString() ?? (prefix && !isGnu ? `${prefix}/${short}` : short);
    const target = extended.get('linkpath')?.toString() ?? text(block, 157, 100);
    const numberAt = (key: string, at: number, length: number): number =>
        Number(extended.get(key)?.toString() ?? number(block, at, length));
    const attributes = [...extended].filter(([key]) => key.startsWith(XATTR));
    return {
        name: joined(folder, name),
        kind,
        mode: number(block, 100, 8) % 0o10000,
        uid: numberAt('uid', 108, 8),
        gid: numberAt('gid', 116, 8),
        size: kind === 'file' ? size : 0,
        mtimeMs: numberAt('mtime', 136, 12) * 1000,
        target: kind === 'hardlink' ? joined(folder, target) : target,
        device: kind.endsWith('device')
            ? [number(block, 329, 8), number(block, 337, 8)]
            : undefined,
        attributes: attributes.length === 0 ? undefined : new Map(attributes),
    };
}

function sizeOf(block: Buffer, extended: Records): number {
    return Number(extended.get('size')?.toString() ?? number(block, 124, 12));
}

/** Octal digits, or a big-endian number where the first bit is set. */
function number(block: Buffer, at: number, length: number): number {
    const field = block.subarray(at, at + length);
    if (((field[0] ?? 0) & 0x80) === 0) return parseInt(text(block, at, length).trim() || '0', 8);
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
}

function text(block: Buffer, at: number, length: number): string {
    return untilNul(block.subarray(at, at + length)).toString();
}

function untilNul(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0);
    return end === -1 ? bytes : bytes.subarray(0, end);
}

/** The records `<length> <key>=<value>\n` of an extended header. */
function recordsOf(body: Buffer): Map<string, Buffer> {
    const records = new Map<string, Buffer>();
    let at = 0;
    while (at < body.length) {
        const blank = body.indexOf(0x20, at);
        const length = Number(body.subarray(at, blank).toString());
        const equals = body.indexOf(0x3d, blank);
        if (blank === -1 || equals === -1 || !(length > 0)) break;
        const key = body.subarray(blank + 1, equals).toString();
        records.set(key, Buffer.from(body.subarray(equals + 1, at + length - 1)));
        at += length;
    }
    return records;
}

/** An absolute path from a folder and a name in a tar, which may be written `./x/` or `/x`. */
function joined(folder: string, name: string): string {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    const base = folder === '/' ? '' : folder;
    return parts.length === 0 ? folder : `${base}/${parts.join('/')}`;
}

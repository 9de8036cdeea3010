/** The few shapes that frames are made of: integers, byte strings and lists, little endian. */

const EMPTY = Buffer.alloc(0);

/** Bytes that are not what the protocol says: the other side is not our helper. */
export class MalformedFrame extends Error {
    public constructor(what: string) {
        super(`The helper sent something that cannot be read: ${what}`);
        this.name = 'MalformedFrame';
    }
}

/** Reads fields off the front of a payload. */
export class Reader {
    readonly #bytes: Buffer;
    #at = 0;

    public constructor(bytes: Buffer) {
        this.#bytes = bytes;
    }

    public get left(): number {
        return this.#bytes.length - this.#at;
    }

    public raw(count: number): Buffer {
        if (count > this.left) throw new MalformedFrame('a frame ends too early');
        this.#at += count;
        return this.#bytes.subarray(this.#at - count, this.#at);
    }

    public u8(): number {
        return this.raw(1).readUInt8();
    }

    public u16(): number {
        return this.raw(2).readUInt16LE();
    }

    public u32(): number {
        return this.raw(4).readUInt32LE();
    }

    public u64(): bigint {
        return this.raw(8).readBigUInt64LE();
    }

    public i64(): bigint {
        return this.raw(8).readBigInt64LE();
    }

    public text(): string {
        return this.raw(this.u32()).toString('utf8');
    }

    public end(): void {
        if (this.left > 0) throw new MalformedFrame('bytes are left over');
    }
}

/** Collects the fields of a payload. */
export class Writer {
    readonly #parts: Uint8Array[] = [];

    public raw(bytes: Uint8Array): this {
        this.#parts.push(bytes);
        return this;
    }

    public u8(value: number): this {
        return this.raw(Buffer.of(value));
    }

    public u16(value: number): this {
        const bytes = Buffer.alloc(2);
        bytes.writeUInt16LE(value);
        return this.raw(bytes);
    }

    public u32(value: number): this {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(value);
        return this.raw(bytes);
    }

    public text(value: string): this {
        const bytes = Buffer.from(value, 'utf8');
        return this.u32(bytes.length).raw(bytes);
    }

    public list(values: readonly string[]): this {
        this.u32(values.length);
        for (const value of values) this.text(value);
        return this;
    }

    public get bytes(): Buffer {
        return Buffer.concat(this.#parts);
    }
}

const HEAD = 9;
/** The helper sends nothing larger; more is a sign that the stream is not its own. */
const MAX_LENGTH = 16 * 1024 * 1024;

export interface Frame {
    readonly kind: number;
    readonly id: number;
    readonly payload: Buffer;
}

export function encodeFrame(kind: number, id: number, payload: Uint8Array): Buffer {
    return new Writer()
        .u32(payload.length + 5)
        .u8(kind)
        .u32(id)
        .raw(payload).bytes;
}

/** Puts frames together from pieces of any size. */
export class FrameReader {
    #parts: Buffer[] = [];
    #length = 0;
    #wanted = HEAD;

    public push(data: Buffer, onFrame: (frame: Frame) => void): void {
        this.#parts.push(data);
        this.#length += data.length;
        while (this.#length >= this.#wanted) {
            const bytes = this.#parts.length === 1 ? (this.#parts[0] ?? EMPTY) : this.#joined();
            const length = bytes.readUInt32LE();
            if (length < 5 || length > MAX_LENGTH) {
                throw new MalformedFrame(`a frame of ${length} bytes`);
            }
            const total = length + 4;
            if (bytes.length < total) {
                this.#parts = [bytes];
                this.#wanted = total;
                return;
            }
            const rest = bytes.subarray(total);
            this.#parts = rest.length > 0 ? [rest] : [];
            this.#length = rest.length;
            this.#wanted = HEAD;
            const payload = bytes.subarray(HEAD, total);
            onFrame({ kind: bytes.readUInt8(4), id: bytes.readUInt32LE(5), payload });
        }
    }

    #joined(): Buffer {
        return Buffer.concat(this.#parts, this.#length);
    }
}

import { createHash } from 'node:crypto';
import type { Contents } from './contents.js';
import { isVanished, onDisk, openFile, SMALL, stampOf } from './entry.js';
import { streamOf, unreadable, type ContextEntry } from './entry.js';
import type { Context } from './scan.js';

/** A file that is about to be sent, with the size that was promised for it. */
export interface OpenedFile {
    readonly entry: ContextEntry;
    readonly bytes: AsyncIterable<Buffer>;
}

/**
 * Reads files of the context as the core knows them. One that turns out to be another (it grew,
 * was replaced, is gone) is sent with the size that was said, and noted: nobody knows what arrived.
 */
export class ContextFiles {
    readonly #root: string;
    readonly #known: Context;
    readonly #contents: Contents | null;
    readonly #unstable = new Set<string>();

    /** `contents` has what was read already, if anything. */
    public constructor(root: string, known: Context, contents: Contents | null = null) {
        this.#root = root;
        this.#known = known;
        this.#contents = contents;
    }

    /** Paths that were sent and were not what they had been. */
    public get unstable(): ReadonlySet<string> {
        return this.#unstable;
    }

    /** Whether a file is small enough to be read before its turn. */
    public isSmall(path: string): boolean {
        return (this.#known.get(path)?.size ?? 0) <= SMALL;
    }

    /** Where a file waits in the container already. */
    public waitsAt(path: string): string | undefined {
        const entry = this.#known.get(path);
        return entry === undefined ? undefined : this.#contents?.ahead.at(entry);
    }

    /** From now on the file is sent while it is hashed. */
    public expectAgain(path: string): void {
        this.#contents?.ahead.expect(onDisk(this.#root, path));
    }

    public entry(path: string): ContextEntry | undefined {
        return this.#known.get(path);
    }

    /** A small file's bytes, or null where it is gone. */
    public async readWhole(path: string): Promise<OpenedFile | null> {
        const parts: Buffer[] = [];
        const opened = this.open(path);
        if (opened === null) return null;
        const kept = this.#contents?.of(opened.entry);
        if (kept !== undefined) return { entry: opened.entry, bytes: each([kept]) };
        for await (const chunk of opened.bytes) parts.push(chunk);
        return { entry: opened.entry, bytes: each(parts) };
    }

    public open(path: string): OpenedFile | null {
        const entry = this.#known.get(path);
        if (entry?.kind !== 'file') {
            this.#unstable.add(path);
            return null;
        }
        return { entry, bytes: this.#read(path, entry) };
    }

    async *#read(path: string, entry: ContextEntry): AsyncGenerator<Buffer> {
        let left = entry.size;
        const hash = createHash('sha256');
        const stamps: string[] = [];
        try {
            for await (const chunk of bytesOf(onDisk(this.#root, path), entry.size, stamps)) {
                const piece = chunk.subarray(0, left);
                if (this.isSmall(path)) hash.update(piece);
                left -= piece.length;
                yield piece;
            }
        } catch (error) {
            if (!isVanished(error)) throw unreadable(path, error);
        }
        // A large file that has the same stamp before and after is the one that was hashed.
        const isSame = this.isSmall(path)
            ? hash.digest('hex') === entry.digest
            : stamps.length === 2 && stamps.every((stamp) => stamp === entry.stamp);
        if (left > 0 || !isSame) this.#unstable.add(path);
        for (; left > 0; left -= Math.min(left, SMALL)) yield Buffer.alloc(Math.min(left, SMALL));
    }
}

async function* bytesOf(file: string, size: number, stamps: string[]): AsyncGenerator<Buffer> {
    const handle = await openFile(file);
    try {
        const stat = await handle.stat({ bigint: true });
        if (!stat.isFile()) return;
        stamps.push(stampOf(stat));
        if (stat.size === BigInt(size) && size <= SMALL) yield await handle.readFile();
        else yield* streamOf(handle, Math.max(size - 1, 0));
        stamps.push(stampOf(await handle.stat({ bigint: true })));
    } finally {
        await handle.close();
    }
}

async function* each(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
    yield* parts;
    await Promise.resolve();
}

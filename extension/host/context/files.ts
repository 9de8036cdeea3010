import { createHash } from 'node:crypto';
import type { Contents } from './contentCache.js';
import {
    isVanished,
    NO_BYTES,
    onDisk,
    SMALL,
    stampOf,
    unreadable,
    type ContextEntry,
} from './entry.js';
import { openFile } from './beneath.js';
import { piecesOf, readUpTo } from './openFile.js';
import type { Context } from './scan.js';

/** A file that is about to be sent, with the size that was promised for it. */
export interface OpenedFile {
    readonly entry: ContextEntry;
    /** Each piece is good until the next is asked for. */
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

    public entry(path: string): ContextEntry | undefined {
        return this.#known.get(path);
    }

    /** A small file's bytes, or null where it is gone. */
    public async readWhole(path: string): Promise<OpenedFile | null> {
        const entry = this.#known.get(path);
        if (entry?.kind !== 'file') {
            this.#unstable.add(path);
            return null;
        }
        return { entry, bytes: each([await this.#readSmall(path, entry)]) };
    }

    /** In as few calls as can be: with many small files these are what takes time. */
    async #readSmall(path: string, entry: ContextEntry): Promise<Buffer> {
        const file = onDisk(this.#root, path);
        // It may be a socket, which cannot be opened.
        if (entry.size === 0 && entry.digest === NO_BYTES) return Buffer.alloc(0);
        const kept = this.#contents?.of(file, entry);
        if (kept !== undefined) return kept;
        let found: Buffer = Buffer.alloc(0);
        try {
            const handle = await openFile(this.#root, path);
            try {
                found = await readUpTo(handle, entry.size);
            } finally {
                await handle.close();
            }
        } catch (error) {
            if (!isVanished(error)) throw unreadable(path, error);
        }
        if (createHash('sha256').update(found).digest('hex') === entry.digest) {
            this.#contents?.keep(file, entry, found);
            return found;
        }
        this.#unstable.add(path);
        return Buffer.concat([found], entry.size);
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
        if (entry.size <= SMALL) {
            yield await this.#readSmall(path, entry);
            return;
        }
        let left = entry.size;
        const stamps: string[] = [];
        try {
            for await (const chunk of bytesOf(this.#root, path, entry.size, stamps)) {
                const piece = chunk.subarray(0, left);
                left -= piece.length;
                yield piece;
            }
        } catch (error) {
            if (!isVanished(error)) throw unreadable(path, error);
        }
        // One that has the same stamp before and after is the one that was hashed.
        const isSame = stamps.length === 2 && stamps.every((stamp) => stamp === entry.stamp);
        if (left > 0 || !isSame) this.#unstable.add(path);
        for (; left > 0; left -= Math.min(left, SMALL)) yield Buffer.alloc(Math.min(left, SMALL));
    }
}

async function* bytesOf(
    root: string,
    path: string,
    size: number,
    stamps: string[],
): AsyncGenerator<Buffer> {
    const handle = await openFile(root, path);
    try {
        const stat = await handle.stat({ bigint: true });
        if (!stat.isFile()) return;
        stamps.push(stampOf(stat));
        yield* piecesOf(handle, 0, size);
        stamps.push(stampOf(await handle.stat({ bigint: true })));
    } finally {
        await handle.close();
    }
}

async function* each(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
    yield* parts;
    await Promise.resolve();
}

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { piecesOf } from './openFile.js';

/** Hashing so much takes about two milliseconds; a file that has no more is always hashed whole. */
const BLOCK = 4 * 1024 * 1024;

/**
 * The sha256 of each block of a large file, as far as they were needed. The first block that differs
 * tells that the file has changed; those after it wait until nobody waits for them.
 */
export class Blocks {
    readonly #size: number;
    readonly #hashes: Buffer[] = [];

    /** `size` is the file's, in bytes. */
    public constructor(size: number) {
        this.#size = size;
    }

    /** Whether there are blocks that nobody has hashed. */
    public get isPartial(): boolean {
        return this.#hashes.length * BLOCK < this.#size;
    }

    /** One digest for all of them. */
    public get digest(): string {
        return createHash('sha256').update(Buffer.concat(this.#hashes)).digest('hex');
    }

    /**
     * Hashes the file up to the first block that is not as it was `before`. True when there is none.
     */
    public async compare(handle: FileHandle, before: Blocks): Promise<boolean> {
        if (before.#size !== this.#size) return false;
        for await (const hash of this.#hash(handle)) {
            const old = before.#hashes[this.#hashes.length];
            this.#hashes.push(hash);
            if (old?.equals(hash) !== true) return false;
        }
        return true;
    }

    /**
     * Hashes what is left. A file that is no longer the same leaves no trace: these hashes have to be
     * of the bytes that were sent.
     */
    public async complete(
        handle: FileHandle,
        isSame: () => boolean,
        signal?: AbortSignal,
    ): Promise<void> {
        const hashes: Buffer[] = [];
        for await (const hash of this.#hash(handle)) {
            hashes.push(hash);
            if (signal?.aborted === true) break;
        }
        if (isSame()) this.#hashes.push(...hashes);
    }

    /** The hashes of the blocks that nobody has hashed, in order. */
    async *#hash(handle: FileHandle): AsyncGenerator<Buffer> {
        let at = this.#hashes.length * BLOCK;
        let hash = createHash('sha256');
        for await (const piece of piecesOf(handle, at, this.#size)) {
            hash.update(piece);
            at += piece.length;
            if (at % BLOCK !== 0) continue;
            yield hash.digest();
            hash = createHash('sha256');
        }
        if (at % BLOCK !== 0) yield hash.digest();
    }
}

import type { ContextEntry } from './entry.js';

/** Bytes that are kept: enough for the sources of most projects, little beside an editor. */
const LIMIT = 32 * 1024 * 1024;

interface Kept {
    readonly entry: ContextEntry;
    readonly bytes: Buffer;
}

/**
 * What small files held when they were hashed or sent, so that a push need not read them again: a
 * replay sends files that nobody has touched since the last one.
 */
export class Contents {
    /** By the file's path on the disk. */
    readonly #kept = new Map<string, Kept>();
    #size = 0;

    public keep(file: string, entry: ContextEntry, bytes: Buffer): void {
        this.#drop(file);
        if (this.#size + bytes.length > LIMIT) return;
        this.#kept.set(file, { entry, bytes });
        this.#size += bytes.length;
    }

    public of(file: string, entry: ContextEntry): Buffer | undefined {
        const kept = this.#kept.get(file);
        return kept?.entry === entry ? kept.bytes : undefined;
    }

    /** Forgets a file of which this entry is no longer true. */
    public forget(file: string, entry: ContextEntry): void {
        if (this.#kept.get(file)?.entry === entry) this.#drop(file);
    }

    #drop(file: string): void {
        this.#size -= this.#kept.get(file)?.bytes.length ?? 0;
        this.#kept.delete(file);
    }
}

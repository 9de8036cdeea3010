import type { ContextEntry } from './entry.js';

/** Bytes that are kept: enough for what is saved or checked out at once, little beside an editor. */
const LIMIT = 32 * 1024 * 1024;

/** What small files held when they were hashed, so that a push need not read them again. */
export class Contents {
    readonly #kept = new Map<ContextEntry, Buffer>();
    #size = 0;

    public keep(entry: ContextEntry, bytes: Buffer): void {
        if (this.#size + bytes.length > LIMIT) return;
        this.#kept.set(entry, bytes);
        this.#size += bytes.length;
    }

    public of(entry: ContextEntry): Buffer | undefined {
        return this.#kept.get(entry);
    }

    /** Once a push is over nobody needs them any more. */
    public clear(): void {
        this.#kept.clear();
        this.#size = 0;
    }
}

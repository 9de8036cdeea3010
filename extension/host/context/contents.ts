import type { ContextEntry } from './entry.js';

/** Bytes that are kept: enough for what is saved or checked out at once, little beside an editor. */
const LIMIT = 32 * 1024 * 1024;

/** Takes the bytes of a large file while they are read to be hashed. */
export interface Tap {
    /** Resolves when another piece may come. */
    take(piece: Buffer): Promise<void>;
    /** What all pieces were, or null where they are not as many as was said. */
    end(entry: ContextEntry | null): Promise<void>;
}

/** Large files that are sent before anybody knows that they are needed. */
export interface Ahead {
    /** Of a file on the disk that is about to be read; null where it is not sent. */
    tap(file: string, size: number): Tap | null;
    /** Says that a file is likely to be needed again. */
    expect(file: string): void;
    /** Where a file waits that was sent. */
    at(entry: ContextEntry): string | undefined;
    /** Forgets what was sent. */
    clear(): void;
}

/** What small files held when they were hashed, so that a push need not read them again. */
export class Contents {
    public readonly ahead: Ahead;
    readonly #kept = new Map<ContextEntry, Buffer>();
    #size = 0;

    public constructor(ahead: Ahead) {
        this.ahead = ahead;
    }

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
        this.ahead.clear();
        this.#size = 0;
    }
}

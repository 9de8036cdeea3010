import { fstatSync } from 'node:fs';
import { openFile } from './beneath.js';
import { stampOf, type ContextEntry } from './entry.js';

/** Large files of which a push hashed no more than it had to; the rest is hashed between pushes. */
export class Unhashed {
    readonly #context: string;
    readonly #entries = new Map<string, ContextEntry>();
    #pause = new AbortController();
    #work: Promise<void> = Promise.resolve();

    public constructor(context: string) {
        this.#context = context;
    }

    /** What the context has at a path from now on. */
    public note(path: string, entry: ContextEntry | undefined): void {
        if (entry?.blocks?.isPartial === true) this.#entries.set(path, entry);
        else this.#entries.delete(path);
    }

    public pause(): void {
        this.#pause.abort();
    }

    public resume(): void {
        if (this.#entries.size === 0) return;
        const { signal } = (this.#pause = new AbortController());
        this.#work = this.#work.then(() => this.#hash(signal));
    }

    /** Nothing of the context is open any more. */
    public async end(): Promise<void> {
        this.pause();
        this.#entries.clear();
        await this.#work;
    }

    async #hash(signal: AbortSignal): Promise<void> {
        for (const [path, entry] of this.#entries) {
            if (signal.aborted) return;
            // One that cannot be read now is taken for changed when it is next looked at.
            await this.#hashOne(path, entry, signal).catch(() => undefined);
            this.note(path, this.#entries.get(path));
        }
    }

    async #hashOne(path: string, entry: ContextEntry, signal: AbortSignal): Promise<void> {
        const handle = await openFile(this.#context, path);
        const isSame = (): boolean =>
            stampOf(fstatSync(handle.fd, { bigint: true })) === entry.stamp;
        try {
            if (isSame()) await entry.blocks?.complete(handle, isSame, signal);
        } finally {
            await handle.close();
        }
    }
}

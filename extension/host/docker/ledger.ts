/**
 * What a session created in Docker, kept in a file of this user's own. Only what is in a ledger is
 * ever removed: labels are inherited by images and containers that others make, a ledger is not.
 *
 * Entries are written before the objects are created, so that a process that is killed leaves
 * nothing that the next one does not know of.
 */
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { isMissing } from '../common/fileErrors.js';

export type ObjectKind = 'container' | 'image' | 'volume';

export interface LedgerEntry {
    readonly kind: ObjectKind;
    /** The daemon that has it. */
    readonly engine: string;
    /** Unique: a random name for containers and volumes, the id for images. */
    readonly key: string;
    /** Null for a container that was about to be created. */
    readonly id: string | null;
}

/** Lines that say nothing any more are dropped once there are so many of them. */
const STALE_LINES = 500;

export class Ledger {
    readonly #file: string | null;
    readonly #entries = new Map<string, LedgerEntry>();
    #lines = 0;
    #writing: Promise<void> = Promise.resolve();

    /** `file` is null for one that is not kept. */
    public constructor(file: string | null) {
        this.#file = file;
    }

    public static async read(file: string): Promise<Ledger> {
        const ledger = new Ledger(file);
        const text = await readFile(file, 'utf8').catch((error: unknown) => {
            if (isMissing(error)) return '';
            throw error;
        });
        for (const line of text.split('\n')) if (line !== '') ledger.#take(line);
        return ledger;
    }

    /** In the order in which they were created. */
    public get entries(): readonly LedgerEntry[] {
        return [...this.#entries.values()];
    }

    /** Resolves once all that was entered so far is in the file. */
    public async written(): Promise<void> {
        await this.#writing;
    }

    public has(id: string): boolean {
        return this.#keyOf(id) !== undefined;
    }

    /** Adds an entry, or replaces the one with the same key. */
    public async add(entry: LedgerEntry): Promise<void> {
        const before = this.#entries.get(entry.key);
        if (before?.id === entry.id && before.engine === entry.engine) return;
        this.#entries.set(entry.key, entry);
        await this.#write(JSON.stringify(entry));
    }

    /** Forgets an object by its id or key: it is gone, or belongs to the user from now on. */
    public async forget(id: string): Promise<void> {
        const key = this.#keyOf(id);
        if (key === undefined) return;
        this.#entries.delete(key);
        await this.#write(JSON.stringify({ gone: key }));
    }

    #keyOf(id: string): string | undefined {
        if (this.#entries.has(id)) return id;
        for (const entry of this.#entries.values()) if (entry.id === id) return entry.key;
        return undefined;
    }

    #take(line: string): void {
        this.#lines += 1;
        let parsed: unknown;
        try {
            parsed = JSON.parse(line);
        } catch {
            // The process was killed while it wrote this line, before it created anything.
            return;
        }
        if (isEntry(parsed)) this.#entries.set(parsed.key, parsed);
        else if (isGone(parsed)) this.#entries.delete(parsed.gone);
    }

    #write(line: string): Promise<void> {
        const file = this.#file;
        if (file === null) return Promise.resolve();
        const written = this.#writing.then(() => this.#append(file, line));
        this.#writing = written.catch(() => undefined);
        return written;
    }

    async #append(file: string, line: string): Promise<void> {
        this.#lines += 1;
        if (this.#lines < this.#entries.size + STALE_LINES) {
            await appendFile(file, `${line}\n`, { mode: 0o600 });
            return;
        }
        const lines = this.entries.map((entry) => `${JSON.stringify(entry)}\n`);
        await writeFile(`${file}.new`, lines.join(''), { mode: 0o600 });
        await rename(`${file}.new`, file);
        this.#lines = lines.length;
    }
}

function isEntry(value: unknown): value is LedgerEntry {
    if (typeof value !== 'object' || value === null) return false;
    const { kind, engine, key, id } = value as Partial<Record<string, unknown>>;
    const isKind = kind === 'container' || kind === 'image' || kind === 'volume';
    const isId = typeof id === 'string' || id === null;
    return isKind && typeof engine === 'string' && typeof key === 'string' && isId;
}

function isGone(value: unknown): value is { readonly gone: string } {
    if (typeof value !== 'object' || value === null) return false;
    return typeof (value as { gone?: unknown }).gone === 'string';
}

import { dirname, join } from 'node:path';
import type { Changes } from '../api.js';
import { pathBelow } from '../common/hostFiles.js';
import { Unhashed } from '../context/backgroundHasher.js';
import { lookAt, relativeTo } from '../context/changes.js';
import { Contents } from '../context/contentCache.js';
import { ownIgnoreFile, readIgnore } from '../context/dockerignore.js';
import { type ContextEntry, onDisk } from '../context/entry.js';
import { type Context, scan } from '../context/scan.js';
import { tableOf } from '../core/contextTable.js';
import { type Planner, setIgnore } from '../core/planner.js';
import { isAtOrBelow } from '../files/paths.js';

export interface ContextTrackerOptions {
    readonly planner: Planner;
    /** Absolute path of the build context. */
    readonly root: string;
    /** Where the Dockerfile is, for the ignore file beside it; null where only its text is known. */
    readonly dockerfile: string | null;
    /** What the images were built from. */
    readonly built: Context;
    /** The text of the ignore file that the planner was told already. */
    readonly ignore: string | null;
}

/** What a session knows of its build context, and how the core hears of changes to it. */
export class ContextTracker {
    public readonly entries: Map<string, ContextEntry>;
    public readonly contents = new Contents();
    readonly #planner: Planner;
    readonly #root: string;
    readonly #ignoreFiles: ReadonlySet<string>;
    readonly #unhashed: Unhashed;
    readonly #dockerfile: string | null;
    #ignore: string | null;

    public constructor(options: ContextTrackerOptions) {
        const { planner, root, dockerfile, built, ignore } = options;
        this.entries = new Map(built);
        this.#planner = planner;
        this.#root = root;
        this.#dockerfile = dockerfile;
        this.#ignoreFiles = ignoreFilesOf(root, dockerfile);
        this.#unhashed = new Unhashed(root);
        this.#ignore = ignore;
    }

    /** Whether a path is one that the build may see. */
    public isRelevant(path: string): boolean {
        try {
            const below = relativeTo(this.#root, path);
            if (this.#isIgnoreFile(path)) return true;
            if (below === '') return false;
            return this.#mayBeSent(below) || this.#isFirstIn(dirname(below));
        } catch {
            return false;
        }
    }

    /** Whether a push of these paths could do anything, by their names alone. */
    public isNeeded({ updated, deleted }: Changes): boolean {
        if ([...updated, ...deleted].some((path) => this.#isIgnoreFile(path))) return true;
        const names = (paths: readonly string[]): string => this.within(paths).join('\0');
        return this.#planner.livepushNeeded(names(updated), names(deleted));
    }

    /** The paths that are within the context, as the core names them. */
    public within(paths: readonly string[]): string[] {
        return paths.flatMap((path) => {
            try {
                return [relativeTo(this.#root, path)];
            } catch {
                return [];
            }
        });
    }

    /** Looks at what is said to have changed, or at the whole context, and tells the core. */
    public async look(changes: Changes | null, contents?: Contents): Promise<void> {
        const named = changes === null ? null : [...changes.updated, ...changes.deleted];
        if (named === null || named.some((path) => this.#isIgnoreFile(path))) {
            await this.readIgnore();
            await this.#lookAtAll();
            return;
        }
        const { there, gone } = await lookAt(
            this.#root,
            named,
            this.#planner,
            this.entries,
            contents,
        );
        this.#take(there, gone);
    }

    /** Reads the ignore file again; the core is told where it has changed. */
    public async readIgnore(): Promise<void> {
        const text = await readIgnore(this.#root, this.#dockerfile);
        if (text === this.#ignore) return;
        setIgnore(this.#planner, text);
        this.#ignore = text;
    }

    /** Large files are hashed between pushes. */
    public pauseHashing(): void {
        this.#unhashed.pause();
    }

    public resumeHashing(): void {
        this.#unhashed.resume();
    }

    public async close(): Promise<void> {
        await this.#unhashed.end();
    }

    #mayBeSent(path: string): boolean {
        return !this.#planner.isIgnored(path) || this.#planner.mayDescend(path);
    }

    /** Whether a directory is sent that is not known yet, whatever is in it. */
    #isFirstIn(directory: string): boolean {
        if (directory === '.' || this.entries.has(directory)) return false;
        return !this.#planner.isIgnored(directory);
    }

    #isIgnoreFile(path: string): boolean {
        return this.#ignoreFiles.has(path);
    }

    async #lookAtAll(): Promise<void> {
        const found = await scan(this.#root, this.#planner, this.entries);
        const gone = [...this.entries.keys()].filter((path) => !found.has(path));
        this.#take(found, gone);
    }

    #take(there: ReadonlyMap<string, ContextEntry>, gone: readonly string[]): void {
        const away = new Set(gone);
        if (away.size > 0) {
            for (const path of this.entries.keys())
                if (isAtOrBelow(path, away)) this.#set(path, undefined);
        }
        for (const [path, entry] of there) this.#set(path, entry);
        this.#planner.changeContext(tableOf(there), gone.join('\0'));
    }

    #set(path: string, entry: ContextEntry | undefined): void {
        const before = this.entries.get(path);
        if (before !== undefined && before !== entry) {
            this.contents.forget(onDisk(this.#root, path), before);
        }
        if (entry === undefined) this.entries.delete(path);
        else this.entries.set(path, entry);
        this.#unhashed.note(path, entry);
    }
}

function ignoreFilesOf(root: string, dockerfile: string | null): ReadonlySet<string> {
    const files = [join(root, '.dockerignore'), '.dockerignore'];
    if (dockerfile !== null) {
        const own = ownIgnoreFile(dockerfile);
        files.push(own);
        const below = pathBelow(root, own);
        if (below !== null) files.push(below);
    }
    return new Set(files);
}

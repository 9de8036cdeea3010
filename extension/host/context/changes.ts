import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LivepushError } from '../common/errors.js';
import type { Contents } from './contentCache.js';
import { type ContextEntry, inContext, isVanished, onDisk } from './entry.js';
import { readAgain, readEntry } from './readEntry.js';
import { inTurns } from '../common/forEachLimit.js';
import { asSent, type Context, type Filter, namesIn, scan } from './scan.js';

/** So many named paths of one directory are worth listing it, to see which of them are gone. */
const MANY = 8;

/** What became of the paths that somebody named. */
export interface Looked {
    /** What is there now; of a directory, all that is below it. */
    readonly there: ReadonlyMap<string, ContextEntry>;
    /** Paths at which nothing is, nor below them. */
    readonly gone: readonly string[];
}

/**
 * Looks at paths that a watcher or a caller named. They are a wake-up, never the truth: what is on
 * the disk now counts, whether they were said to be updated or deleted.
 */
export async function lookAt(
    context: string,
    paths: Iterable<string>,
    filter: Filter,
    known: ReadonlyMap<string, ContextEntry>,
    contents?: Contents,
): Promise<Looked> {
    const named = new Set([...paths].map((path) => relativeTo(context, path)));
    const look = new Look(context, named, filter, known, contents);
    await inTurns([...named], (path) => look.at(path));
    return look;
}

class Look implements Looked {
    public readonly there = new Map<string, ContextEntry>();
    public readonly gone: string[] = [];
    readonly #context: string;
    readonly #filter: Filter;
    readonly #known: ReadonlyMap<string, ContextEntry>;
    readonly #contents: Contents | undefined;
    /** Directories on the disk without symlinks on their way; many paths share them. */
    readonly #real = new Map<string, Promise<string>>();
    /** Directories above what was named, that are looked at or have been. */
    readonly #parents = new Map<string, Promise<void>>();
    /** What is in directories of which many paths were named, once somebody asked. */
    readonly #names = new Map<string, Promise<ReadonlySet<string>> | null>();

    public constructor(
        context: string,
        named: Iterable<string>,
        filter: Filter,
        known: ReadonlyMap<string, ContextEntry>,
        contents: Contents | undefined,
    ) {
        this.#context = context;
        this.#filter = filter;
        this.#known = known;
        this.#contents = contents;
        const counts = new Map<string, number>();
        for (const directory of [...named].map(dirname)) {
            const count = (counts.get(directory) ?? 0) + 1;
            counts.set(directory, count);
            if (count === MANY) this.#names.set(directory, null);
        }
    }

    public async at(named: string): Promise<void> {
        const path = await this.#withoutLinks(named);
        if (path === null) {
            this.gone.push(named);
            return;
        }
        if (path === '') {
            for (const [below, entry] of await this.#scan('')) this.there.set(below, entry);
            return;
        }
        const ignored = this.#filter.isIgnored(path);
        if (ignored && !this.#filter.mayDescend(path)) {
            // It is not sent, but a new directory around it is.
            await this.#above(path);
            return;
        }
        const before = this.#known.get(path);
        const [entry] = await Promise.all([this.#read(path, before), this.#above(path)]);
        // What was below a directory is not, once it is something else.
        if (entry === null || (before !== undefined && before.kind !== entry.kind)) {
            this.gone.push(path);
        }
        if (entry === null) return;
        if (!ignored) this.there.set(path, asSent(path, entry, this.#filter));
        await this.#otherNames(path, entry.links);
        if (entry.kind === 'directory') await this.#below(path);
    }

    /** A directory that was named is looked at whole: what was below it may be gone too. */
    async #below(path: string): Promise<void> {
        const below = await this.#scan(path);
        for (const [name, entry] of below) this.there.set(name, entry);
        for (const name of this.#known.keys()) {
            if (name.startsWith(`${path}/`) && !below.has(name)) this.gone.push(name);
        }
    }

    /** A file that was written by one of its names has changed under the others too. */
    async #otherNames(path: string, links: string): Promise<void> {
        if (links === '') return;
        for (const [other, before] of this.#known) {
            if (before.links !== links || other === path || this.there.has(other)) continue;
            const entry = await this.#read(other, before);
            if (entry === null) this.gone.push(other);
            else this.there.set(other, asSent(other, entry, this.#filter));
        }
    }

    async #read(path: string, before: ContextEntry | undefined): Promise<ContextEntry | null> {
        if (!(await this.#mayBeThere(path))) return null;
        return before?.kind === 'file'
            ? readAgain(this.#context, path, before, this.#contents)
            : readEntry(this.#context, path, before, this.#contents);
    }

    async #mayBeThere(path: string): Promise<boolean> {
        const directory = dirname(path);
        let names = this.#names.get(directory);
        if (names === undefined) return true;
        names ??= this.#namesIn(directory);
        this.#names.set(directory, names);
        return (await names).has(basename(path).normalize());
    }

    /** In one spelling: some systems take several for the same. */
    async #namesIn(directory: string): Promise<ReadonlySet<string>> {
        const names = await namesIn(this.#context, directory === '.' ? '' : directory);
        return new Set(names.map((name) => name.normalize()));
    }

    /** Watchers often name files alone, when the directory around them came or went too. */
    #above(path: string): Promise<void> {
        const parent = dirname(path);
        if (parent === '.') return Promise.resolve();
        const looked = this.#parents.get(parent) ?? this.#atParent(parent);
        this.#parents.set(parent, looked);
        return looked;
    }

    async #atParent(parent: string): Promise<void> {
        const above = this.#above(parent);
        if (!this.#filter.isIgnored(parent) && !this.there.has(parent)) {
            const before = this.#known.get(parent);
            const entry = await readEntry(this.#context, parent, before);
            if (before !== undefined && entry?.kind !== before.kind) this.gone.push(parent);
            if (entry !== null) this.there.set(parent, entry);
        }
        await above;
    }

    #scan(from: string): Promise<Context> {
        return scan(this.#context, this.#filter, this.#known, from, this.#contents);
    }

    /**
     * The same path without symlinks on its way, or null where it leads out of the context or
     * nowhere: `link/file` is no path of a build context, what it stands for may be one.
     */
    async #withoutLinks(path: string): Promise<string | null> {
        if (!path.includes('/')) return path;
        try {
            const file = onDisk(this.#context, path);
            const [root, parent] = await Promise.all([
                this.#realPath(this.#context),
                this.#realPath(dirname(file)),
            ]);
            if (parent !== root && !parent.startsWith(root + sep)) return null;
            return inContext(root, join(parent, basename(file)));
        } catch (error) {
            if (isVanished(error)) return path;
            throw error;
        }
    }

    #realPath(directory: string): Promise<string> {
        const known = this.#real.get(directory);
        if (known !== undefined) return known;
        const found = realpath(directory);
        this.#real.set(directory, found);
        return found;
    }
}

/** The path as the context's table names it: relative, with `/`, and within the context. */
export function relativeTo(context: string, path: string): string {
    const absolute = isAbsolute(path) ? resolve(path) : resolve(context, nativePath(path));
    const below = relative(context, absolute);
    if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
        throw new LivepushError('outside-context', `${path} is outside the build context`, {
            path,
            remedy: `Only what is below ${context} can be copied into a container.`,
        });
    }
    return below.split(sep).join('/');
}

/** A relative path may come with either separator where both mean the same. */
function nativePath(path: string): string {
    return sep === '\\' ? path.replaceAll('/', sep) : path;
}

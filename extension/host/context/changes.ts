import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LivepushError } from '../errors.js';
import { inContext, isVanished, onDisk, readEntry, type ContextEntry } from './entry.js';
import { inTurns } from './inTurns.js';
import { asSent, scan, type Filter } from './scan.js';

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
): Promise<Looked> {
    const there = new Map<string, ContextEntry>();
    const gone: string[] = [];
    const relativePaths = [...new Set([...paths].map((path) => relativeTo(context, path)))];
    await inTurns(relativePaths, async (named) => {
        const path = await withoutLinks(context, named);
        if (path === null) {
            gone.push(named);
            return;
        }
        if (path === '') {
            for (const [below, entry] of await scan(context, filter, known))
                there.set(below, entry);
            return;
        }
        const ignored = filter.isIgnored(path);
        if (ignored && !filter.mayDescend(path)) return;
        const entry = await readEntry(context, path, known.get(path));
        const before = known.get(path);
        // What was below a directory is not, once it is something else.
        if (entry === null || (before !== undefined && before.kind !== entry.kind)) gone.push(path);
        await lookAbove(context, path, filter, known, there, gone);
        if (entry === null) return;
        if (!ignored) there.set(path, asSent(path, entry, filter));
        if (entry.kind === 'directory') await lookBelow(context, path, filter, known, there, gone);
    });
    return { there, gone };
}

/** A directory that was named is looked at whole: what was below it may be gone too. */
async function lookBelow(
    context: string,
    path: string,
    filter: Filter,
    known: ReadonlyMap<string, ContextEntry>,
    there: Map<string, ContextEntry>,
    gone: string[],
): Promise<void> {
    const below = await scan(context, filter, known, path);
    for (const [name, entry] of below) there.set(name, entry);
    for (const name of known.keys()) {
        if (name.startsWith(`${path}/`) && !below.has(name)) gone.push(name);
    }
}

/** Watchers often name files alone, when the directory around them came or went too. */
async function lookAbove(
    context: string,
    path: string,
    filter: Filter,
    known: ReadonlyMap<string, ContextEntry>,
    there: Map<string, ContextEntry>,
    gone: string[],
): Promise<void> {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
        if (there.has(parent)) return;
        if (filter.isIgnored(parent)) continue;
        const entry = await readEntry(context, parent, known.get(parent));
        if (known.has(parent) && entry?.kind !== known.get(parent)?.kind) gone.push(parent);
        if (entry !== null) there.set(parent, entry);
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

/**
 * The same path without symlinks on its way, or null where it leads out of the context or nowhere:
 * `link/file` is no path of a build context, what it stands for may be one.
 */
async function withoutLinks(context: string, path: string): Promise<string | null> {
    if (!path.includes('/')) return path;
    try {
        const file = onDisk(context, path);
        const root = await realpath(context);
        const parent = await realpath(dirname(file));
        if (parent !== root && !parent.startsWith(root + sep)) return null;
        return inContext(root, join(parent, basename(file)));
    } catch (error) {
        if (isVanished(error)) return path;
        throw error;
    }
}

import { readdir } from 'node:fs/promises';
import type { Contents } from './contentCache.js';
import { inTurns } from '../common/forEachLimit.js';
import { type OpenDirectory, withDirectory } from './beneath.js';
import { type ContextEntry, isVanished, NO_BYTES, unreadable } from './entry.js';
import { LivepushError } from '../common/errors.js';
import { readIn } from './readEntry.js';

/** The build context as far as a build sees it: relative path → what is there. */
export type Context = Map<string, ContextEntry>;

/** Which paths the build leaves out; the core's word on `.dockerignore`. */
export interface Filter {
    isIgnored(path: string): boolean;
    /** Whether a file is let in, but without its content. */
    isWithheld(path: string): boolean;
    /** Whether something below an ignored directory may still be let in. */
    mayDescend(path: string): boolean;
}

/**
 * Walks the context, or one directory of it, and hashes what a build would send. Symlinks are
 * entries, never ways: nothing outside the context is looked at. What is `known` and has not been
 * touched since is not read again.
 */
export async function scan(
    context: string,
    filter: Filter,
    known: ReadonlyMap<string, ContextEntry> = new Map<string, ContextEntry>(),
    from = '',
    contents?: Contents,
): Promise<Context> {
    const found: Context = new Map();
    const directories = [from];
    for (let next = directories.pop(); next !== undefined; next = directories.pop()) {
        const directory = next;
        const read = await reading(context, directory, new Map<string, ContextEntry>(), (open) =>
            readDirectory(context, directory, open, { filter, known, contents }),
        );
        for (const [path, entry] of read) {
            // An ignored directory is there all the same when something in it is not ignored.
            if (entry.kind === 'directory' || !filter.isIgnored(path))
                found.set(path, asSent(path, entry, filter));
            if (entry.kind === 'directory') directories.push(path);
        }
    }
    return found;
}

/** What stands for bytes of a name that are not UTF-8. */
const REPLACED = '\ufffd';

function notUtf8(path: string): LivepushError {
    return new LivepushError('unreadable', `The name ${path} is not UTF-8`, {
        path,
        remedy: 'Rename it, or name its directory in .dockerignore.',
    });
}

/** What a build gets of a path. Its stamp fits no file, so that it is looked at anew each time. */
export function asSent(path: string, entry: ContextEntry, filter: Filter): ContextEntry {
    if (entry.kind !== 'file' || !filter.isWithheld(path)) return entry;
    return {
        ...entry,
        size: 0,
        digest: NO_BYTES,
        blocks: null,
        links: '',
        archive: false,
        stamp: '',
    };
}

/** What is in an open directory, as far as the build may see it. */
async function readDirectory(
    context: string,
    directory: string,
    open: OpenDirectory,
    { filter, known, contents }: Reading,
): Promise<Context> {
    const read = new Map<string, ContextEntry>();
    await inTurns(await readdir(open.self), async (name) => {
        const path = directory === '' ? name : `${directory}/${name}`;
        if (filter.isIgnored(path) && !filter.mayDescend(path)) return;
        const entry = await readIn(context, open, path, known.get(path), contents);
        if (entry !== null) read.set(path, entry);
        else if (name.includes(REPLACED)) throw notUtf8(path);
    });
    return read;
}

interface Reading {
    readonly filter: Filter;
    readonly known: ReadonlyMap<string, ContextEntry>;
    readonly contents: Contents | undefined;
}

/** The names in a directory; none where there is none, unless it is the context itself. */
export function namesIn(context: string, directory: string): Promise<string[]> {
    return reading(context, directory, [], (open) => readdir(open.self));
}

/** Reads an open directory; one that is not there, or is something else by now, has `nothing`. */
async function reading<T>(
    context: string,
    directory: string,
    nothing: T,
    work: (open: OpenDirectory) => Promise<T>,
): Promise<T> {
    try {
        return await withDirectory(context, directory, work);
    } catch (error) {
        if (directory !== '' && isVanished(error)) return nothing;
        throw unreadable(directory === '' ? context : directory, error);
    }
}

/**
 * Opens what is in the build context, and nothing else. A directory that is exchanged for a
 * symbolic link while it is read leads nowhere: it is opened once, and what is in it is reached
 * through the open directory.
 */
import { constants, existsSync, readlinkSync } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../common/fileErrors.js';
import { LivepushError } from '../common/errors.js';
import { onDisk } from './entry.js';

/** An open directory of the context. */
export interface OpenDirectory {
    /** Where the directory itself is reached, wherever its path leads by now. */
    readonly self: string;
    /** Where one of its names is reached. */
    at(name: string): string;
}

/** Flags that a system lacks are undefined there, whatever the types say. */
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants as Readonly<
    Record<string, number | undefined>
>;
/** Never what a link at its place leads to, and never waiting for a pipe. */
const FILE = (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
const DIRECTORY = FILE | (O_DIRECTORY ?? 0);

/** Linux names what a process has open, and what is below it. */
const OPEN_FILES = '/proc/self/fd';
const hasOpenFiles = process.platform === 'linux' && existsSync(OPEN_FILES);

/** How often a directory that is exchanged while it is read is looked at again. */
const REPEATS = 5;

/** Opens a file of the context itself: never what a link at its place or on its way leads to. */
export async function openFile(context: string, path: string): Promise<FileHandle> {
    return openBeneath(context, path, FILE);
}

/** Opens a file of an open directory. */
export function openIn(directory: OpenDirectory, name: string): Promise<FileHandle> {
    return open(directory.at(name), FILE);
}

/** Does something with an open directory of the context; what it returns is of this directory. */
export async function withDirectory<T>(
    context: string,
    path: string,
    work: (directory: OpenDirectory) => Promise<T>,
): Promise<T> {
    if (!hasOpenFiles) return withCheckedDirectory(context, path, work);
    const handle = await openBeneath(context, path, DIRECTORY);
    try {
        const self = `${OPEN_FILES}/${handle.fd}`;
        return await work({ self, at: (name) => `${self}/${name}` });
    } finally {
        await handle.close();
    }
}

async function openBeneath(context: string, path: string, flags: number): Promise<FileHandle> {
    if (path === '') return open(context, DIRECTORY & ~(O_NOFOLLOW ?? 0));
    const handle = await open(onDisk(context, path), flags);
    try {
        if (
            hasOpenFiles ? await isAt(handle, context, path) : await isSame(handle, context, path)
        ) {
            return handle;
        }
    } catch (error) {
        await handle.close();
        throw error;
    }
    await handle.close();
    return hasOpenFiles ? walk(context, path, flags) : vanished(path);
}

const roots = new Map<string, string>();

/** Whether the file that was opened is the one at this path, by the system's own word. */
async function isAt(handle: FileHandle, context: string, path: string): Promise<boolean> {
    const root = roots.get(context) ?? (await realpath(context));
    roots.set(context, root);
    return readlinkSync(`${OPEN_FILES}/${handle.fd}`) === join(root, path);
}

/** Opens one directory after the other. It takes longer, and is right whatever they are called. */
async function walk(context: string, path: string, flags: number): Promise<FileHandle> {
    roots.delete(context);
    const names = path.split('/');
    const last = names.pop() ?? '';
    let directory = await openBeneath(context, '', DIRECTORY);
    try {
        for (const name of names) {
            const next = await open(`${OPEN_FILES}/${directory.fd}/${name}`, DIRECTORY);
            await directory.close();
            directory = next;
        }
        return await open(`${OPEN_FILES}/${directory.fd}/${last}`, flags);
    } finally {
        await directory.close();
    }
}

/** Whether the file that was opened is still at its path, and no link is on the way there. */
async function isSame(handle: FileHandle, context: string, path: string): Promise<boolean> {
    const opened = await handle.stat({ bigint: true });
    const identities = await identitiesOf(context, path);
    return identities?.at(-1) === `${opened.dev}:${opened.ino}`;
}

/** Where directories cannot be read through a handle, they are the same before and after. */
async function withCheckedDirectory<T>(
    context: string,
    path: string,
    work: (directory: OpenDirectory) => Promise<T>,
): Promise<T> {
    const self = onDisk(context, path);
    for (let repeat = 0; repeat < REPEATS; repeat++) {
        const before = await identitiesOf(context, path);
        if (before === null) return vanished(path);
        const result = await work({ self, at: (name) => join(self, name) });
        const after = await identitiesOf(context, path);
        if (before.join() === after?.join()) return result;
    }
    throw new LivepushError('unreadable', `${path} is exchanged again and again`, {
        path,
        remedy: 'Push again once nothing exchanges it.',
    });
}

/** Devices and inodes of all that is on the way to a path below the context; null at a link. */
async function identitiesOf(context: string, path: string): Promise<string[] | null> {
    const found: string[] = [];
    const names = path === '' ? [] : path.split('/');
    for (let length = 1; length <= names.length; length++) {
        const stat = await lstat(onDisk(context, names.slice(0, length).join('/')), {
            bigint: true,
        }).catch((error: unknown) => {
            if (isMissing(error)) return null;
            throw error;
        });
        if (stat === null || stat.isSymbolicLink()) return null;
        found.push(`${stat.dev}:${stat.ino}`);
    }
    return found;
}

/** As the system says it of what is not there. */
function vanished(path: string): never {
    throw Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' });
}

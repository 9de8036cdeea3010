import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { readArchive } from '../docker/archive.js';
import { inTurns } from '../common/forEachLimit.js';
import type { Helper } from '../helper/client.js';
import type { Entry } from '../helper/protocol.js';
import { orWithoutHelper } from '../helper/fallback.js';
import { attributesOf, listPath, type Listing, sentAttributes, type TreeEntry } from './listing.js';
import { relayEntry } from '../tar/relay.js';
import { readTar, type TarEntry } from '../tar/reader.js';
import { TAR_END } from '../tar/writer.js';

/** So many calls of the archive API run at once. */
const AT_ONCE = 8;

/** What is at each of some paths, without what is below them; those that are not there lack. */
export function listSome(
    container: Docker.Container,
    helper: Helper | null,
    paths: readonly string[],
): Promise<Listing> {
    return orWithoutHelper(
        helper,
        (open) => listByHelper(open, paths, false),
        () => listOneByOne(container, paths),
    );
}

/** A path and all below it, or nothing where nothing is. */
export function listTree(
    container: Docker.Container,
    helper: Helper | null,
    path: string,
): Promise<Listing> {
    return orWithoutHelper(
        helper,
        (open) => listByHelper(open, [path], true),
        () => listPath(container, path),
    );
}

async function listOneByOne(
    container: Docker.Container,
    paths: readonly string[],
): Promise<Listing> {
    const listing: Listing = new Map();
    await inTurns(
        paths,
        async (path) => {
            const entry = await first(container, path, async ({ header, data }) => {
                const hash = createHash('sha256');
                if (header.kind === 'file') for await (const chunk of data) hash.update(chunk);
                return {
                    path,
                    kind: header.kind === 'hardlink' ? ('file' as const) : header.kind,
                    mode: header.mode,
                    uid: header.uid,
                    gid: header.gid,
                    size: header.size,
                    digest: header.kind === 'file' ? hash.digest('hex') : '',
                    target: header.target,
                    device: header.device?.join(':') ?? '',
                    ...sentAttributes(header.attributes),
                };
            });
            if (entry !== null) listing.set(path, entry);
        },
        AT_ONCE,
    );
    return listing;
}

async function listByHelper(
    helper: Helper,
    paths: readonly string[],
    recursive: boolean,
): Promise<Listing> {
    const { entries } = await helper.list({ paths, recursive, follow: true }, { digest: true });
    const known = entries.map((entry) => [entry.path, fromHelper(entry)] as const);
    return new Map(known.filter((pair): pair is [string, TreeEntry] => pair[1] !== null));
}

/** A tar of some paths, without what is below them, its names relative to `/`. */
export function tarOfSome(
    container: Docker.Container,
    helper: Helper | null,
    paths: readonly string[],
): AsyncIterable<Buffer> {
    if (helper === null || helper.hasEnded) return together(container, paths);
    return helper.tar({ paths, recursive: false, follow: true });
}

/** From one archive of all that is around them: two names of one file are told only by that. */
async function* together(
    container: Docker.Container,
    paths: readonly string[],
): AsyncGenerator<Buffer> {
    const wanted = new Set(paths);
    const alone: string[] = [];
    const folder = folderOf(paths);
    const tar = await readArchive(container, folder);
    if (tar !== null) {
        for await (const entry of readTar(tar, posix.dirname(folder))) {
            const { name, kind, target } = entry.header;
            if (!wanted.has(name)) continue;
            if (kind === 'hardlink' && !wanted.has(target)) alone.push(name);
            else yield* relayEntry(entry);
        }
    }
    for (const path of alone) {
        const own = await readArchive(container, path);
        if (own === null) continue;
        for await (const entry of readTar(own, posix.dirname(path))) {
            yield* relayEntry(entry);
            break;
        }
    }
    yield TAR_END;
}

/** The innermost folder that all paths are in; a single path is meant itself. */
function folderOf(paths: readonly string[]): string {
    const [first = '/', ...others] = paths;
    let folder = first;
    while (folder !== '/' && !others.every((path) => path.startsWith(`${folder}/`))) {
        folder = posix.dirname(folder);
    }
    return folder;
}

/** Reads the first entry of a path's archive: the path itself, whatever may be below it. */
async function first<T>(
    container: Docker.Container,
    path: string,
    take: (entry: TarEntry) => Promise<T>,
): Promise<T | null> {
    const tar = await readArchive(container, path);
    if (tar === null) return null;
    for await (const entry of readTar(tar, posix.dirname(path))) {
        // Leaving the loop ends the archive, so not before it was taken.
        const taken = await take(entry);
        return taken;
    }
    return null;
}

/** Our words for what the helper calls otherwise; null for what no archive holds. */
const KINDS: Readonly<Record<Entry['kind'], TreeEntry['kind'] | null>> = {
    file: 'file',
    directory: 'directory',
    symlink: 'symlink',
    fifo: 'fifo',
    character: 'char-device',
    block: 'block-device',
    socket: null,
};

function fromHelper(entry: Entry): TreeEntry | null {
    const kind = KINDS[entry.kind];
    if (kind === null) return null;
    return {
        path: entry.path,
        kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: kind === 'file' ? entry.size : 0,
        digest: entry.digest ?? '',
        target: entry.target,
        device: kind.endsWith('device') ? entry.device.join(':') : '',
        ...attributesOf(entry.attributes, true),
    };
}

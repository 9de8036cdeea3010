import { createHash, randomBytes } from 'node:crypto';
import { type BigIntStats, fstatSync } from 'node:fs';
import { type FileHandle, lstat, readlink } from 'node:fs/promises';
import { posix, sep } from 'node:path';
import { Blocks } from './blockHashes.js';
import type { Contents } from './contentCache.js';
import { type OpenDirectory, openFile, openIn, withDirectory } from './beneath.js';
import { readUpTo, wholeOf } from './openFile.js';
import { hasCode, isMissing } from '../common/fileErrors.js';
import {
    type ContextEntry,
    isVanished,
    NO_BYTES,
    onDisk,
    SMALL,
    type Special,
    stampOf,
    unreadable,
} from './entry.js';
import { contextMode } from '../common/hostFiles.js';

/** So many bytes tell whether a file is an archive. */
const HEAD = 512;

/** Reads what is at a path, or null where nothing is (any more). */
export async function readEntry(
    context: string,
    path: string,
    known?: ContextEntry,
    contents?: Contents,
): Promise<ContextEntry | null> {
    try {
        const parent = posix.dirname(path);
        return await withDirectory(context, parent === '.' ? '' : parent, (directory) =>
            readIn(context, directory, path, known, contents),
        );
    } catch (error) {
        if (isVanished(error)) return null;
        throw unreadable(path, error);
    }
}

/** How often what becomes something else while it is read is looked at again. */
const REPEATS = 5;

/** The same for a path whose directory is open. */
export async function readIn(
    context: string,
    directory: OpenDirectory,
    path: string,
    known?: ContextEntry,
    contents?: Contents,
): Promise<ContextEntry | null> {
    try {
        for (let repeat = 0; repeat < REPEATS; repeat++) {
            const entry = await readOnce(context, directory, path, known, contents);
            if (entry !== null) return entry;
        }
        return null;
    } catch (error) {
        if (isVanished(error)) return null;
        throw unreadable(path, error);
    }
}

/** What is at a path, or null where it became something else while it was read. */
async function readOnce(
    context: string,
    directory: OpenDirectory,
    path: string,
    known?: ContextEntry,
    contents?: Contents,
): Promise<ContextEntry | null> {
    const name = posix.basename(path);
    const place = directory.at(name);
    const stat = await lstat(place, { bigint: true });
    const stamp = stampOf(stat);
    if (known?.stamp === stamp) return known;
    const entry = {
        mode: contextMode(Number(stat.mode)),
        size: 0,
        digest: '',
        target: '',
        blocks: null,
        special: null,
        links: '',
        archive: false,
        stamp,
    };
    const mtimeMs = Number(stat.mtimeMs);
    if (stat.isDirectory()) return { ...entry, kind: 'directory', mtimeMs };
    if (stat.isSocket()) return { ...entry, kind: 'file', digest: NO_BYTES, mtimeMs };
    if (!stat.isFile() && !stat.isSymbolicLink()) {
        return { ...entry, kind: 'other', special: specialOf(stat), mtimeMs };
    }
    try {
        if (stat.isSymbolicLink()) {
            const target = (await readlink(place)).split(sep).join('/');
            return { ...entry, kind: 'symlink', target, mtimeMs };
        }
        const handle = await openIn(directory, name);
        return await hashFile(handle, onDisk(context, path), contents, known);
    } catch (error) {
        // A link that is none by now, or a file that is one.
        if (hasCode(error, 'EINVAL') || hasCode(error, 'ELOOP')) return null;
        throw error;
    }
}

/** The same for a file that is likely to have changed: opened at once, it is looked at only once. */
export async function readAgain(
    context: string,
    path: string,
    known: ContextEntry,
    contents?: Contents,
): Promise<ContextEntry | null> {
    try {
        const handle = await openFile(context, path);
        const entry = await hashFile(handle, onDisk(context, path), contents, known);
        if (entry !== null) return entry;
    } catch (error) {
        if (isMissing(error)) return null;
        // It may have become something that cannot be opened.
    }
    return readEntry(context, path, known, contents);
}

/** Hashes what an open file holds, so that digest, size and stamp belong together, and closes it. */
async function hashFile(
    handle: FileHandle,
    file: string,
    contents?: Contents,
    known?: ContextEntry,
): Promise<ContextEntry | null> {
    try {
        // Of a file that was opened this moment it waits for nothing, while a call costs as a read does.
        const before = fstatSync(handle.fd, { bigint: true });
        if (!before.isFile()) return null;
        const stamp = stampOf(before);
        if (known?.stamp === stamp) return known;
        const size = Number(before.size);
        const whole = size <= SMALL ? await wholeOf(handle, size) : null;
        const entry = {
            kind: 'file' as const,
            mode: contextMode(Number(before.mode)),
            target: '',
            special: null,
            links: before.nlink > 1n ? `${before.dev}:${before.ino}` : '',
            mtimeMs: Number(before.mtimeMs),
            stamp,
            ...(whole === null ? await readLarge(handle, size, known) : readSmall(whole)),
        };
        if (whole !== null) contents?.keep(file, entry, whole);
        return entry;
    } finally {
        await handle.close();
    }
}

type Read = Pick<ContextEntry, 'size' | 'digest' | 'archive' | 'blocks'>;

function readSmall(bytes: Buffer): Read {
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { size: bytes.length, digest, archive: looksLikeArchive(bytes), blocks: null };
}

/** One that was known is read as far as it is the same: what differs is of its own, whatever it is. */
async function readLarge(
    handle: FileHandle,
    size: number,
    known: ContextEntry | undefined,
): Promise<Read> {
    const archive = looksLikeArchive(await readUpTo(handle, HEAD));
    const blocks = new Blocks(size);
    if (known?.kind !== 'file') {
        await blocks.complete(handle, () => true);
        return { size, digest: blocks.digest, archive, blocks };
    }
    const isSame = known.blocks !== null && (await blocks.compare(handle, known.blocks));
    const digest = isSame ? known.digest : randomBytes(32).toString('hex');
    return { size, digest, archive, blocks };
}

/** First bytes of gzip, bzip2, xz and zstd. */
const COMPRESSED = ['1f8b', '425a68', 'fd377a585a00', '28b52ffd'].map((hex) =>
    Buffer.from(hex, 'hex'),
);

function looksLikeArchive(start: Buffer): boolean {
    return (
        COMPRESSED.some((magic) => start.subarray(0, magic.length).equals(magic)) ||
        start.subarray(257, 262).toString('latin1') === 'ustar' ||
        isTarHeader(start)
    );
}

/** An archive of the oldest kind is known by the sum of its first header alone. */
function isTarHeader(start: Buffer): boolean {
    if (start.length < HEAD || start[0] === 0) return false;
    const said = parseInt(start.subarray(148, 156).toString('latin1').replace(/\0/gu, ' '), 8);
    let sum = 8 * 0x20;
    for (const [at, byte] of start.subarray(0, HEAD).entries()) {
        if (at < 148 || at >= 156) sum += byte;
    }
    return said === sum;
}

function specialOf(stat: BigIntStats): Special {
    if (stat.isFIFO()) return { kind: 'fifo' };
    const { rdev } = stat;
    const major = Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn));
    const minor = Number((rdev & 0xffn) | ((rdev >> 12n) & ~0xffn));
    const kind = stat.isCharacterDevice() ? 'char-device' : 'block-device';
    return { kind, device: [major, minor] };
}

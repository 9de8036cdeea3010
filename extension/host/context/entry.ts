import { createHash } from 'node:crypto';
import { constants, fstatSync, type BigIntStats } from 'node:fs';
import { lstat, open, readlink, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { LivepushError, messageOf } from '../errors.js';
import type { Contents, Tap } from './contents.js';

/** Up to here a file is read at once. */
export const SMALL = 256 * 1024;

/** Read at once of a larger file: larger pieces gain nothing, smaller ones cost time. */
const READ_BYTES = 1024 * 1024;

/** One path of the build context, as a build would see it. */
export interface ContextEntry {
    readonly kind: 'file' | 'directory' | 'symlink' | 'other';
    readonly mode: number;
    readonly size: number;
    /** sha256 of a file's content, else empty. */
    readonly digest: string;
    readonly target: string;
    /** Begins like an archive that ADD would unpack. */
    readonly archive: boolean;
    readonly mtimeMs: number;
    /** Changes whenever the file may have: while it is the same, nothing is hashed again. */
    readonly stamp: string;
}

/** A path of the context (relative, with `/`) as a path of this machine. */
export function onDisk(context: string, path: string): string {
    return join(context, ...path.split('/'));
}

/** A path below the context as a relative one with `/`. */
export function inContext(context: string, absolute: string): string {
    return absolute
        .slice(context.length + 1)
        .split(sep)
        .join('/');
}

/** Reads what is at a path, or null where nothing is (any more). */
export async function readEntry(
    context: string,
    path: string,
    known?: ContextEntry,
    contents?: Contents,
): Promise<ContextEntry | null> {
    const file = onDisk(context, path);
    try {
        const stat = await lstat(file, { bigint: true });
        const stamp = stampOf(stat);
        if (known?.stamp === stamp) return known;
        const entry = {
            mode: modeOf(stat),
            size: 0,
            digest: '',
            target: '',
            archive: false,
            stamp,
        };
        const mtimeMs = Number(stat.mtimeMs);
        if (stat.isDirectory()) return { ...entry, kind: 'directory', mtimeMs };
        if (stat.isSymbolicLink()) {
            const target = (await readlink(file)).split(sep).join('/');
            return { ...entry, kind: 'symlink', target, mtimeMs };
        }
        if (!stat.isFile()) return { ...entry, kind: 'other', mtimeMs };
        return await hashFile(file, contents);
    } catch (error) {
        if (isVanished(error)) return null;
        throw unreadable(path, error);
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
        const entry = await hashFile(onDisk(context, path), contents, known);
        if (entry !== null) return entry;
    } catch (error) {
        if (isMissing(error)) return null;
        // It may have become something that cannot be opened.
    }
    return readEntry(context, path, known, contents);
}

/** Hashes what one open file holds, so that digest, size and stamp belong together. */
async function hashFile(
    file: string,
    contents?: Contents,
    known?: ContextEntry,
): Promise<ContextEntry | null> {
    const handle = await openFile(file);
    try {
        // Of a file that was opened this moment it waits for nothing, while a call costs as a read does.
        const before = fstatSync(handle.fd, { bigint: true });
        if (!before.isFile()) return null;
        if (known?.stamp === stampOf(before)) return known;
        const whole = before.size <= SMALL ? await wholeOf(handle, Number(before.size)) : null;
        const tap = whole === null ? contents?.ahead.tap(file, Number(before.size)) : null;
        const read = await readThrough(whole === null ? streamOf(handle) : [whole], tap);
        const entry = {
            kind: 'file' as const,
            mode: modeOf(before),
            target: '',
            mtimeMs: Number(before.mtimeMs),
            stamp: stampOf(before),
            ...read,
        };
        if (whole !== null) contents?.keep(file, entry, whole);
        await tap?.end(read.size === Number(before.size) ? entry : null);
        return entry;
    } finally {
        await handle.close();
    }
}

/** All that the bytes of a file tell of it; whoever taps them gets them too. */
async function readThrough(
    bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
    tap: Tap | null | undefined,
): Promise<Pick<ContextEntry, 'size' | 'digest' | 'archive'>> {
    const hash = createHash('sha256');
    let size = 0;
    let archive = false;
    try {
        for await (const chunk of bytes) {
            if (size === 0) archive = looksLikeArchive(chunk);
            size += chunk.length;
            const taken = tap?.take(chunk);
            hash.update(chunk);
            await taken;
        }
    } catch (error) {
        await tap?.end(null);
        throw error;
    }
    return { size, digest: hash.digest('hex'), archive };
}

/** First bytes of gzip, bzip2, xz and zstd. */
const COMPRESSED = ['1f8b', '425a68', 'fd377a585a00', '28b52ffd'].map((hex) =>
    Buffer.from(hex, 'hex'),
);

function looksLikeArchive(start: Buffer): boolean {
    return (
        COMPRESSED.some((magic) => start.subarray(0, magic.length).equals(magic)) ||
        start.subarray(257, 262).toString('latin1') === 'ustar'
    );
}

/** Opens a file itself: never what a symlink at its place leads to, and never waiting for a pipe. */
export async function openFile(file: string): Promise<FileHandle> {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    // Windows has neither flag; its symlinks need a privilege to be made.
    const flags: number =
        process.platform === 'win32' ? O_RDONLY : O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
    return open(file, flags);
}

/** All bytes of an open file, or null where it has grown meanwhile. */
async function wholeOf(handle: FileHandle, size: number): Promise<Buffer | null> {
    const bytes = await readUpTo(handle, size + 1, size);
    return bytes.length > size ? null : bytes;
}

/**
 * The first bytes of an open file, fewer where it has no more; in one call as a rule. With so many
 * as are `enough` it does not ask whether there are more.
 */
export async function readUpTo(
    handle: FileHandle,
    length: number,
    enough = length,
): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < enough) {
        const { bytesRead } = await handle.read(bytes, read, length - read, read);
        if (bytesRead === 0) break;
        read += bytesRead;
    }
    return bytes.subarray(0, read);
}

/** The bytes of an open file up to an end, in pieces that cost little each. */
export function streamOf(handle: FileHandle, end?: number): AsyncIterable<Buffer> {
    return handle.createReadStream({
        autoClose: false,
        highWaterMark: READ_BYTES,
        ...(end === undefined ? {} : { end }),
    });
}

export function stampOf(stat: BigIntStats): string {
    return [stat.dev, stat.ino, stat.mode, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
}

/** As `docker build` sends it: all bits, and from Windows, which has none, executable. */
function modeOf(stat: BigIntStats): number {
    return process.platform === 'win32' ? 0o755 : Number(stat.mode) & 0o7777;
}

/** A path that is no more, was replaced meanwhile, or has a file on its way: nothing is there. */
export function isVanished(error: unknown): boolean {
    return isMissing(error) || codeOf(error) === 'ELOOP';
}

function isMissing(error: unknown): boolean {
    return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

function codeOf(error: unknown): unknown {
    return error instanceof Error && 'code' in error ? error.code : undefined;
}

export function unreadable(path: string, cause: unknown): LivepushError {
    if (cause instanceof LivepushError) return cause;
    return new LivepushError('unreadable', `${path} cannot be read: ${messageOf(cause)}`, {
        path,
        remedy: 'Make it readable, or name it in .dockerignore.',
        cause,
    });
}

import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { join, sep } from 'node:path';
import { LivepushError, messageOf } from '../common/errors.js';
import { hasCode, isMissing } from '../common/fileErrors.js';
import type { Blocks } from './blockHashes.js';

/** The digest of an empty file. */
export const NO_BYTES = createHash('sha256').digest('hex');

/** Up to here a file is read at once. */
export const SMALL = 256 * 1024;

/** One path of the build context, as a build would see it. */
export interface ContextEntry {
    readonly kind: 'file' | 'directory' | 'symlink' | 'other';
    readonly mode: number;
    readonly size: number;
    /** The same for the same content of a file, 64 hexadecimal digits; empty for what is none. */
    readonly digest: string;
    /** What is known of the content of a large file. */
    readonly blocks: Blocks | null;
    readonly target: string;
    /** What kind of `other` it is, and its numbers if it is a device. */
    readonly special: Special | null;
    /** The same for all names of one file, where it has several; else empty. */
    readonly links: string;
    /** Begins like an archive that ADD would unpack. */
    readonly archive: boolean;
    readonly mtimeMs: number;
    /** Changes whenever the file may have: while it is the same, nothing is hashed again. */
    readonly stamp: string;
}

/** A file of which only the path is known, for questions about what its content would change. */
export const UNKNOWN_FILE: ContextEntry = {
    kind: 'file',
    mode: 0o644,
    size: 0,
    digest: '0'.repeat(64),
    target: '',
    blocks: null,
    special: null,
    links: '',
    archive: false,
    mtimeMs: 0,
    stamp: '',
};

/** What is in a context besides files, directories and links; a socket is an empty file to a build. */
export type Special =
    | { readonly kind: 'fifo' }
    | {
          readonly kind: 'char-device' | 'block-device';
          readonly device: readonly [major: number, minor: number];
      };

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

export function stampOf(stat: BigIntStats): string {
    return [stat.dev, stat.ino, stat.mode, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
}

/** A path that is no more, was replaced meanwhile, or has a file on its way: nothing is there. */
export function isVanished(error: unknown): boolean {
    return isMissing(error) || hasCode(error, 'ELOOP');
}

export function unreadable(path: string, cause: unknown): LivepushError {
    if (cause instanceof LivepushError) return cause;
    return new LivepushError('unreadable', `${path} cannot be read: ${messageOf(cause)}`, {
        path,
        remedy: 'Make it readable, or name it in .dockerignore.',
        cause,
    });
}

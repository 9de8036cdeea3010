/** Tar archives of any content, written by another program than ours. */
import { execFileSync } from 'node:child_process';
import type { Buffer } from 'node:buffer';
import { fileURLToPath } from 'node:url';

export interface Member {
    readonly name: string;
    /** A file, where nothing is said. */
    readonly type?: 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character' | 'block';
    /** 0640, where nothing is said. */
    readonly mode?: number;
    /** 7, where nothing is said; the group is 8. */
    readonly uid?: number;
    readonly gid?: number;
    /** Text of a symbolic link, or the member that a hard link names. */
    readonly link?: string;
    readonly content?: string;
    readonly device?: readonly [major: number, minor: number];
    /** Extended attributes in hexadecimal; only the format `pax` holds them. */
    readonly attributes?: Readonly<Record<string, string>>;
}

export interface Archive {
    readonly format: 'ustar' | 'gnu' | 'pax';
    readonly compression: '' | 'gz' | 'bz2' | 'xz' | 'zst';
    readonly members: readonly Member[];
}

/** `cap_net_bind_service+ep`, as `setcap` writes it. */
export const CAPABILITY = { 'security.capability': '0100000200040000000000000000000000000000' };

const PROGRAM = fileURLToPath(new URL('makeArchive.py', import.meta.url));
const made = new Map<string, Buffer>();

/** The bytes of an archive, the same every time. */
export function makeArchive({ format, compression, members }: Archive): Buffer {
    const input = JSON.stringify({ format, compression, members });
    const known = made.get(input) ?? execFileSync('python3', [PROGRAM], { input });
    made.set(input, known);
    return known;
}

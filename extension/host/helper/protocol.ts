/**
 * What the host and the helper say to each other; the helper's side, and the description of it,
 * is `helper/src/protocol/`.
 */
import { MalformedFrame, Reader, Writer } from './frames.js';

export const VERSION = 3;
/** Seconds, nanoseconds and inode number. */
const ORIGIN_BYTES = 8 + 4 + 8;
const NO_ATTRIBUTES: ReadonlyMap<string, Buffer> = new Map();
const MAGIC = Buffer.from('LVPH', 'latin1');

/** Kinds of frames to the helper. */
export const Ask = {
    hello: 1,
    run: 2,
    remove: 3,
    list: 4,
    tar: 5,
    restart: 6,
    signal: 7,
    cancel: 8,
    credit: 9,
    apply: 10,
    data: 11,
    end: 12,
} as const;

/** Kinds of frames from the helper. */
export const Answer = {
    hello: 1,
    output: 2,
    exit: 3,
    entries: 4,
    data: 5,
    done: 6,
    error: 7,
} as const;

/** One command: a list of words, never a text for a shell. */
export interface HelperCommand {
    readonly argv: readonly string[];
    readonly cwd: string;
    /** `NAME=value`; all of the environment but `HOME`, which follows from the user. */
    readonly env: readonly string[];
    /** As in `USER`; empty is root. */
    readonly user: string;
}

/** What went wrong with one path. */
export interface PathProblem {
    readonly path: string;
    /** `ENOENT` and its like, or `mounted`. */
    readonly code: string;
    readonly message: string;
}

export type EntryKind =
    'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character' | 'block';

const kinds: readonly EntryKind[] = [
    'file',
    'directory',
    'symlink',
    'fifo',
    'socket',
    'character',
    'block',
];

/** One path of a container. */
export interface Entry {
    readonly path: string;
    readonly kind: EntryKind;
    /** Something is mounted there; nothing below it is listed. */
    readonly mounted: boolean;
    /** The lower twelve bits. */
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly size: number;
    /**
     * What tells whether two containers show the same file of the same layer: its inode number, and
     * when anything of it was last changed, in bytes as they came.
     */
    readonly origin: string;
    /** Major and minor number of a device. */
    readonly device: readonly [number, number];
    /** Of a symbolic link. */
    readonly target: string;
    /** SHA-256 of a file's content in hex, where asked for. */
    readonly digest: string | null;
    /** Extended attributes by name, in order, where the digest is asked for. */
    readonly attributes: ReadonlyMap<string, Buffer>;
}

/** Which paths to list or to send. */
export interface Selection {
    readonly paths: readonly string[];
    /** With all that is below directories. */
    readonly recursive?: boolean;
    /** Follows links on the way to the paths; for containers in which no application runs. */
    readonly follow?: boolean;
    readonly excludes?: readonly string[];
}

export function hello(): Buffer {
    return new Writer().raw(MAGIC).u16(VERSION).bytes;
}

export function run(command: HelperCommand): Buffer {
    return new Writer().list(command.argv).text(command.cwd).list(command.env).text(command.user)
        .bytes;
}

export function remove(paths: readonly string[]): Buffer {
    return new Writer().list(paths).bytes;
}

export function select(selection: Selection, digest: boolean): Buffer {
    const { recursive, follow } = selection;
    const flags = (recursive === true ? 1 : 0) | (digest ? 2 : 0) | (follow === true ? 4 : 0);
    return new Writer()
        .u8(flags)
        .list(selection.paths)
        .list(selection.excludes ?? []).bytes;
}

export function apply(replaces: boolean): Buffer {
    return new Writer().u8(replaces ? 1 : 0).bytes;
}

export function restart(signal: number, graceMilliseconds: number): Buffer {
    return new Writer().u8(signal).u32(graceMilliseconds).bytes;
}

export function credit(chunks: number): Buffer {
    return new Writer().u32(chunks).bytes;
}

/** The helper's version; it says it even where it is not ours. */
export function readHello(payload: Buffer): { version: number; architecture: string } {
    const reader = new Reader(payload);
    if (!reader.raw(MAGIC.length).equals(MAGIC)) throw new MalformedFrame('no hello');
    const version = reader.u16();
    const architecture = reader.text();
    reader.u32();
    reader.end();
    return { version, architecture };
}

export function readOutput(payload: Buffer): { stream: 'stdout' | 'stderr'; data: Buffer } {
    const reader = new Reader(payload);
    const stream = reader.u8() === 2 ? 'stderr' : 'stdout';
    return { stream, data: reader.raw(reader.left) };
}

export function readExit(payload: Buffer): number {
    const reader = new Reader(payload);
    const code = reader.u8();
    reader.end();
    return code;
}

export function readDone(payload: Buffer): { count: number; problems: PathProblem[] } {
    const reader = new Reader(payload);
    const count = reader.u32();
    const problems: PathProblem[] = [];
    for (let left = reader.u32(); left > 0; left -= 1) problems.push(problem(reader));
    reader.end();
    return { count, problems };
}

export function readError(payload: Buffer): PathProblem {
    const reader = new Reader(payload);
    const error = problem(reader);
    reader.end();
    return error;
}

function problem(reader: Reader): PathProblem {
    return { path: reader.text(), code: reader.text(), message: reader.text() };
}

export function readEntries(payload: Buffer, into: Entry[]): void {
    const reader = new Reader(payload);
    while (reader.left > 0) into.push(entry(reader));
}

function entry(reader: Reader): Entry {
    const kind = kinds[reader.u8()];
    if (kind === undefined) throw new MalformedFrame('an unknown kind of file');
    const flags = reader.u8();
    const [mode, uid, gid] = [reader.u16(), reader.u32(), reader.u32()];
    const size = Number(reader.u64());
    const origin = reader.raw(ORIGIN_BYTES).toString('latin1');
    const device = [reader.u32(), reader.u32()] as const;
    const [path, target] = [reader.text(), reader.text()];
    const digest = (flags & 2) !== 0 ? reader.raw(32).toString('hex') : null;
    const attributes = (flags & 4) !== 0 ? readAttributes(reader) : NO_ATTRIBUTES;
    const mounted = (flags & 1) !== 0;
    return {
        path,
        kind,
        mounted,
        mode,
        uid,
        gid,
        size,
        origin,
        device,
        target,
        digest,
        attributes,
    };
}

function readAttributes(reader: Reader): Map<string, Buffer> {
    const attributes = new Map<string, Buffer>();
    for (let left = reader.u32(); left > 0; left -= 1) {
        const name = reader.text();
        attributes.set(name, Buffer.from(reader.raw(reader.u32())));
    }
    return attributes;
}

/** Build contexts on disk: written from a table, and edited. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeArchive, type Archive, type Member } from './archive.js';
import { bytesOf } from './names.js';

export type Entry =
    | string
    /** Without a mode, that of the file that is replaced, or 0644. */
    | { readonly kind: 'file'; readonly content: string | Buffer; readonly mode: number | null }
    | { readonly kind: 'directory'; readonly mode: number }
    | { readonly kind: 'symlink'; readonly target: string }
    | { readonly kind: 'hardlink'; readonly to: string }
    | { readonly kind: 'fifo' | 'socket' }
    | ({ readonly kind: 'archive' } & Archive);

export const file = (content: string | Buffer, mode: number | null = null): Entry => ({
    kind: 'file',
    content,
    mode,
});
export const directory = (mode = 0o755): Entry => ({ kind: 'directory', mode });
export const symlink = (target: string): Entry => ({ kind: 'symlink', target });
export const hardlink = (to: string): Entry => ({ kind: 'hardlink', to });
export const archive = (
    members: readonly Member[],
    how: Partial<Omit<Archive, 'members'>> = {},
): Entry => ({ kind: 'archive', format: 'gnu', compression: '', ...how, members });
export const fifo: Entry = { kind: 'fifo' };
export const socket: Entry = { kind: 'socket' };

export type Edit =
    /** Whatever is at the path is replaced; a file that is there keeps its mode unless one is given. */
    | { readonly op: 'put'; readonly path: string; readonly entry: Entry }
    | { readonly op: 'remove'; readonly path: string }
    | { readonly op: 'rename'; readonly path: string; readonly to: string }
    | { readonly op: 'chmod'; readonly path: string; readonly mode: number }
    /** Saved again as it was. */
    | { readonly op: 'touch'; readonly path: string };

export const write = (where: string, content: string | Buffer, mode?: number): Edit => ({
    op: 'put',
    path: where,
    entry: file(content, mode ?? null),
});
export const put = (where: string, entry: Entry): Edit => ({ op: 'put', path: where, entry });
export const remove = (where: string): Edit => ({ op: 'remove', path: where });
export const rename = (where: string, to: string): Edit => ({ op: 'rename', path: where, to });
export const chmod = (where: string, mode: number): Edit => ({ op: 'chmod', path: where, mode });
export const touch = (where: string): Edit => ({ op: 'touch', path: where });

/** Makes the context that a table describes. */
export function create(root: string, files: Readonly<Record<string, Entry>>): void {
    fs.mkdirSync(root, { recursive: true });
    for (const [where, entry] of Object.entries(files)) place(root, where, entry);
}

export function apply(root: string, edit: Edit): void {
    const absolute = bytesOf(path.join(root, edit.path));
    switch (edit.op) {
        case 'put': {
            place(root, edit.path, edit.entry);
            return;
        }
        case 'remove': {
            fs.rmSync(absolute, { recursive: true });
            return;
        }
        case 'rename': {
            fs.mkdirSync(bytesOf(path.join(root, path.dirname(edit.to))), { recursive: true });
            fs.renameSync(absolute, bytesOf(path.join(root, edit.to)));
            return;
        }
        case 'chmod': {
            // Of a link the target would be changed, which may be anywhere.
            if (!fs.lstatSync(absolute).isSymbolicLink()) fs.chmodSync(absolute, edit.mode);
            return;
        }
        case 'touch': {
            const now = new Date();
            fs.lutimesSync(absolute, now, now);
            return;
        }
    }
}

/** The same, where an edit that cannot be made is none: generated ones do not know what is there. */
export function applyIfPossible(root: string, edit: Edit): void {
    try {
        apply(root, edit);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        const meant = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'EINVAL', 'EPERM'];
        if (!meant.includes(code)) throw error;
    }
}

function place(root: string, where: string, shape: Entry): void {
    const absolute = bytesOf(path.join(root, where));
    fs.mkdirSync(bytesOf(path.join(root, path.dirname(where))), { recursive: true });
    const entry =
        typeof shape === 'string' ? ({ kind: 'file', content: shape, mode: null } as const) : shape;
    const old = fs.lstatSync(absolute, { throwIfNoEntry: false });
    if (old !== undefined && !(old.isFile() && entry.kind === 'file')) {
        fs.rmSync(absolute, { recursive: true });
    }
    switch (entry.kind) {
        case 'file':
            fs.writeFileSync(absolute, entry.content);
            fs.chmodSync(absolute, entry.mode ?? (old?.isFile() ? old.mode & 0o7777 : 0o644));
            setTime(absolute, entry.content);
            return;
        case 'directory':
            fs.mkdirSync(absolute);
            fs.chmodSync(absolute, entry.mode);
            return;
        case 'symlink':
            fs.symlinkSync(bytesOf(entry.target), absolute);
            setTime(absolute, entry.target);
            return;
        case 'hardlink':
            fs.linkSync(bytesOf(path.join(root, entry.to)), absolute);
            return;
        case 'archive':
            place(root, where, file(makeArchive(entry)));
            return;
        case 'fifo':
        case 'socket':
            makeSpecial(entry.kind, absolute);
            setTime(absolute, entry.kind);
            return;
    }
}

/**
 * Always the same for the same content: of files that are equal but for their time a build takes
 * the one that it has in its cache. Long ago, so that it is told from the time of a step.
 */
function setTime(absolute: Buffer | string, content: string | Buffer): void {
    const digest = createHash('sha256').update(content).digest();
    const seconds = 1_000_000_000 + (digest.readUInt32BE(0) % 500_000_000);
    fs.lutimesSync(absolute, seconds, seconds);
}

function makeSpecial(kind: 'fifo' | 'socket', absolute: Buffer | string): void {
    const making =
        kind === 'fifo'
            ? 'os.mkfifo(sys.argv[1], 0o640)'
            : 'socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
    execFileSync('python3', ['-c', `import os, socket, sys; ${making}`, absolute.toString()]);
}

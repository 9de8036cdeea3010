/** Build contexts on disk: written from a table, edited, and compared with what they were. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

export type Entry =
    | string
    /** Without a mode, that of the file that is replaced, or 0644. */
    | { readonly kind: 'file'; readonly content: string | Buffer; readonly mode: number | null }
    | { readonly kind: 'directory'; readonly mode: number }
    | { readonly kind: 'symlink'; readonly target: string }
    | { readonly kind: 'hardlink'; readonly to: string };

export const file = (content: string | Buffer, mode: number | null = null): Entry => ({
    kind: 'file',
    content,
    mode,
});
export const directory = (mode = 0o755): Entry => ({ kind: 'directory', mode });
export const symlink = (target: string): Entry => ({ kind: 'symlink', target });
export const hardlink = (to: string): Entry => ({ kind: 'hardlink', to });

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

export interface Found {
    readonly kind: 'file' | 'directory' | 'symlink' | 'other';
    readonly mode: number;
    readonly text: string;
    readonly empty: boolean;
}

export type Listing = ReadonlyMap<string, Found>;

/** Everything below a directory, by its relative path. */
export function list(root: string): Listing {
    const found = new Map<string, Found>();
    const walk = (relative: string): void => {
        for (const name of fs.readdirSync(path.join(root, relative)).sort()) {
            const child = relative === '' ? name : `${relative}/${name}`;
            const entry = look(path.join(root, child));
            found.set(child, entry);
            if (entry.kind === 'directory') walk(child);
        }
    };
    walk('');
    return found;
}

function look(absolute: string): Found {
    const stat = fs.lstatSync(absolute);
    const mode = stat.mode & 0o7777;
    if (stat.isSymbolicLink()) {
        return { kind: 'symlink', mode: 0, text: fs.readlinkSync(absolute), empty: false };
    }
    if (stat.isDirectory()) {
        return { kind: 'directory', mode, text: '', empty: fs.readdirSync(absolute).length === 0 };
    }
    if (!stat.isFile()) return { kind: 'other', mode, text: '', empty: false };
    const text = createHash('sha256').update(fs.readFileSync(absolute)).digest('hex');
    return { kind: 'file', mode, text, empty: false };
}

/** Makes the context that a table describes. */
export function create(root: string, files: Readonly<Record<string, Entry>>): void {
    fs.mkdirSync(root, { recursive: true });
    for (const [where, entry] of Object.entries(files)) place(root, where, entry);
}

export function apply(root: string, edit: Edit): void {
    const absolute = path.join(root, edit.path);
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
            const to = path.join(root, edit.to);
            fs.mkdirSync(path.dirname(to), { recursive: true });
            fs.renameSync(absolute, to);
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
        const meant = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'EINVAL'];
        if (!meant.includes(code)) throw error;
    }
}

function place(root: string, where: string, shape: Entry): void {
    const absolute = path.join(root, where);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    const entry =
        typeof shape === 'string' ? ({ kind: 'file', content: shape, mode: null } as const) : shape;
    const old = fs.lstatSync(absolute, { throwIfNoEntry: false });
    if (old !== undefined && !(old.isFile() && entry.kind === 'file')) {
        fs.rmSync(absolute, { recursive: true });
    }
    switch (entry.kind) {
        case 'file':
            fs.writeFileSync(absolute, entry.content);
            {
                fs.chmodSync(absolute, entry.mode ?? (old?.isFile() ? old.mode & 0o7777 : 0o644));
                return;
            }
        case 'directory':
            fs.mkdirSync(absolute);
            {
                fs.chmodSync(absolute, entry.mode);
                return;
            }
        case 'symlink': {
            fs.symlinkSync(entry.target, absolute);
            return;
        }
        case 'hardlink': {
            fs.linkSync(path.join(root, entry.to), absolute);
            return;
        }
    }
}

export interface Report {
    readonly updated: string[];
    readonly deleted: string[];
}

/** What a watcher would report of the way from one listing to another. */
export function report(
    before: Listing,
    after: Listing,
    touched: readonly string[],
    wording: 'files' | 'tops',
): Report {
    const updated = new Set<string>(touched.filter((where) => after.has(where)));
    const deleted = new Set<string>();
    for (const [where, now] of after) {
        const then = before.get(where);
        if (then !== undefined && same(then, now)) continue;
        const telling = now.kind !== 'directory' || now.empty || then?.kind === 'directory';
        if (telling || wording === 'tops') updated.add(where);
    }
    for (const [where, then] of before) {
        const now = after.get(where)?.kind;
        // A file or link that took the place of something else is reported as updated.
        if (now === then.kind || now === 'file' || now === 'symlink') continue;
        if (then.kind !== 'directory' || then.empty || wording === 'tops') deleted.add(where);
    }
    if (wording === 'tops') return { updated: tops(updated), deleted: tops(deleted) };
    return { updated: [...updated], deleted: [...deleted] };
}

function same(a: Found, b: Found): boolean {
    return a.kind === b.kind && a.mode === b.mode && a.text === b.text;
}

function tops(paths: ReadonlySet<string>): string[] {
    return [...paths].filter((where) => {
        const parts = where.split('/');
        return parts.slice(1).every((_, index) => !paths.has(parts.slice(0, index + 1).join('/')));
    });
}

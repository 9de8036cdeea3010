/** What is in a build context, and what a watcher would report of an edit. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Edit } from './context.js';
import { bytesOf, nameOf } from './names.js';

export interface Found {
    readonly kind: 'file' | 'directory' | 'symlink' | 'other';
    readonly mode: number;
    readonly text: string;
    readonly empty: boolean;
    /** Of a file that has several names; else 0. */
    readonly inode: number;
}

export type Listing = ReadonlyMap<string, Found>;

/** Everything below a directory, by its relative path. */
export function list(root: string): Listing {
    const found = new Map<string, Found>();
    const walk = (relative: string): void => {
        const folder = bytesOf(path.join(root, relative));
        const names = fs.readdirSync(folder, { encoding: 'buffer' }).map(nameOf).sort();
        for (const name of names) {
            const child = relative === '' ? name : `${relative}/${name}`;
            const entry = look(bytesOf(path.join(root, child)));
            found.set(child, entry);
            if (entry.kind === 'directory') walk(child);
        }
    };
    walk('');
    return found;
}

function look(absolute: Buffer | string): Found {
    const stat = fs.lstatSync(absolute);
    const mode = stat.mode & 0o7777;
    const plain = { kind: 'other', mode, text: '', empty: false, inode: 0 } as const;
    if (stat.isSymbolicLink()) {
        return { ...plain, kind: 'symlink', mode: 0, text: fs.readlinkSync(absolute) };
    }
    if (stat.isDirectory()) {
        return { ...plain, kind: 'directory', empty: fs.readdirSync(absolute).length === 0 };
    }
    if (!stat.isFile()) return { ...plain, text: String(stat.mode) };
    const text = createHash('sha256').update(fs.readFileSync(absolute)).digest('hex');
    return { ...plain, kind: 'file', text, inode: stat.nlink > 1 ? stat.ino : 0 };
}

export interface Report {
    readonly updated: string[];
    readonly deleted: string[];
}

/** What a watcher would report of the way from one listing to another, by way of some edits. */
export function report(
    before: Listing,
    after: Listing,
    edits: readonly Edit[],
    wording: 'files' | 'tops',
): Report {
    const touched = edits.filter(({ op }) => op === 'touch').map((edit) => edit.path);
    const updated = new Set<string>(touched.filter((where) => after.has(where)));
    const deleted = new Set<string>();
    for (const [where, now] of after) {
        const then = before.get(where);
        if (then !== undefined && same(then, now)) continue;
        if (isUnderAnotherName(then, now, where, edits)) continue;
        const telling = now.kind !== 'directory' || now.empty || then?.kind === 'directory';
        if (telling || wording === 'tops') updated.add(where);
    }
    for (const [where, then] of before) {
        const now = after.get(where)?.kind;
        // What took the place of something else is reported as updated.
        if (now === then.kind || (now !== undefined && now !== 'directory')) continue;
        if (then.kind !== 'directory' || then.empty || wording === 'tops') deleted.add(where);
    }
    if (wording === 'tops') return { updated: tops(updated), deleted: tops(deleted) };
    return { updated: [...updated], deleted: [...deleted] };
}

/** A file that was written by another of its names: of that one alone the system tells a watcher. */
function isUnderAnotherName(
    then: Found | undefined,
    now: Found,
    where: string,
    edits: readonly Edit[],
): boolean {
    if (now.inode === 0 || then?.inode !== now.inode) return false;
    return !edits.some((edit) => edit.path === where);
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

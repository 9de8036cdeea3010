/** A directory of the context that is exchanged for a link, while it is read, leads nowhere. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openFile } from '../../../extension/host/context/beneath.js';
import { lookAt } from '../../../extension/host/context/changes.js';
import type { ContextEntry } from '../../../extension/host/context/entry.js';
import { ContextFiles } from '../../../extension/host/context/files.js';
import { readIgnore } from '../../../extension/host/context/dockerignore.js';
import { type Context, scan } from '../../../extension/host/context/scan.js';

const RUNS = Number(process.env['LIVEPUSH_EXCHANGES'] ?? 300);
const SECRET = 'of root alone';
const ALL = { isIgnored: () => false, isWithheld: () => false, mayDescend: () => true };

/** Two names change places at once, again and again, as fast as can be. */
const EXCHANGE = `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
a, b = (path.encode() for path in sys.argv[1:3])
print('ready', flush=True)
while True:
    if libc.renameat2(-100, a, -100, b, 2) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
`;

let folder: string;
let context: string;
let exchanger: ChildProcess;
/** What is in the context while nobody exchanges anything. */
let whole: Context;

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    context = join(folder, 'context');
    await mkdir(join(context, 'dir/below'), { recursive: true });
    await mkdir(join(folder, 'outside/below'), { recursive: true });
    for (const path of ['file', 'below/file', 'large']) {
        const size = path === 'large' ? 300 * 1024 : 1;
        await writeFile(join(context, 'dir', path), 'within'.repeat(size));
        await writeFile(join(folder, 'outside', path), SECRET.repeat(size));
    }
    await symlink(join(folder, 'outside'), join(folder, 'link'));
    whole = await scan(context, ALL);
    exchanger = spawn('python3', [
        ...['-c', EXCHANGE],
        ...[join(context, 'dir'), join(folder, 'link')],
    ]);
    if (exchanger.stdout !== null) await once(exchanger.stdout, 'data');
});

beforeEach(() => {
    expect(exchanger.exitCode).toBeNull();
});

afterAll(async () => {
    exchanger.kill();
    await rm(folder, { recursive: true });
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Nothing outside was read: neither its content nor its size or names. */
function expectWithin(entries: Context | ReadonlyMap<string, ContextEntry>): void {
    for (const [path, entry] of entries) {
        expect(entry.digest, path).not.toBe(digest(SECRET));
        if (path === 'dir/file') expect(entry.size).toBe('within'.length);
        if (path === 'dir/large') expect(entry.size).toBe('within'.length * 300 * 1024);
        // The link itself is part of the context as long as it is there; nothing is below it.
        if (entry.kind === 'symlink') expect(path).toBe('dir');
    }
}

test(`${RUNS} scans of a directory that is exchanged for a link read nothing outside`, async () => {
    let read = 0;
    for (let run = 0; run < RUNS; run++) {
        const entries = await scan(context, ALL);
        expectWithin(entries);
        if (entries.has('dir/below/file')) read += 1;
    }
    expect(read).toBeGreaterThan(0);
});

test(`${RUNS} looks at named files below it read nothing outside`, async () => {
    const known = new Map<string, ContextEntry>();
    for (let run = 0; run < RUNS; run++) {
        const names = ['dir/file', 'dir/below/file', 'dir/large'];
        const { there } = await lookAt(context, names, ALL, known);
        expectWithin(there);
        for (const [path, entry] of there) known.set(path, entry);
    }
});

test(`${RUNS} readings of files below it send nothing from outside`, async () => {
    let read = 0;
    for (let run = 0; run < RUNS; run++) {
        const files = new ContextFiles(context, whole);
        for (const path of ['dir/file', 'dir/large', 'dir/below/file']) {
            const parts: Buffer[] = [];
            const opened = files.open(path);
            if (opened === null) return expect.unreachable();
            for await (const part of opened.bytes) parts.push(Buffer.from(part));
            const bytes = Buffer.concat(parts);
            expect(bytes.length).toBe(opened.entry.size);
            expect(bytes.includes('root')).toBe(false);
            if (bytes.includes('within')) read += 1;
            // What was not read as a whole is looked at again.
            if (!bytes.equals(Buffer.from('within'.repeat(bytes.length / 6)))) {
                expect(files.unstable).toContain(path);
            }
        }
    }
    expect(read).toBeGreaterThan(0);
});

test('a file is opened below a context that is itself reached by a link', async () => {
    const real = join(folder, 'real');
    await mkdir(join(real, 'a'), { recursive: true });
    await writeFile(join(real, 'a/b'), 'b');
    await symlink(real, join(folder, 'alias'));
    const handle = await openFile(join(folder, 'alias'), 'a/b');
    expect(await handle.readFile('utf8')).toBe('b');
    await handle.close();
    expect([...(await scan(join(folder, 'alias'), ALL)).keys()].sort()).toEqual(['a', 'a/b']);
});

test('an ignore file that is a pipe or has no end is an error, and not waited for', async () => {
    const pipe = join(folder, 'pipe');
    await mkdir(pipe);
    const made = spawn('mkfifo', [join(pipe, '.dockerignore')]);
    await once(made, 'exit');
    await expect(readIgnore(pipe, null)).rejects.toMatchObject({ code: 'unreadable' });
    await rm(join(pipe, '.dockerignore'));
    await symlink('/dev/zero', join(pipe, '.dockerignore'));
    await expect(readIgnore(pipe, null)).rejects.toMatchObject({ code: 'unreadable' });
});

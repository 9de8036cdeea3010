import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lookAt } from '../../extension/host/context/changes.js';
import { Contents } from '../../extension/host/context/contentCache.js';
import { ContextFiles } from '../../extension/host/context/files.js';
import { scan, type Context } from '../../extension/host/context/scan.js';

const ALL = { isIgnored: () => false, isWithheld: () => false, mayDescend: () => true };
let outside: string;
let root: string;

beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    root = join(outside, 'context');
    await save('a.txt', 'a');
    await save('sub/b.txt', 'b');
    await writeFile(join(outside, 'secret'), 'secret');
});

afterEach(() => rm(outside, { recursive: true }));

async function save(path: string, text: string): Promise<void> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
}

const look = async (known: Context, ...paths: string[]) => lookAt(root, paths, ALL, known);

describe('a scan', () => {
    test('lists links as links and never follows them', async () => {
        await symlink('..', join(root, 'up'));
        const found = await scan(root, ALL);
        expect([...found.keys()].sort()).toEqual(['a.txt', 'sub', 'sub/b.txt', 'up']);
        expect(found.get('up')).toMatchObject({ kind: 'symlink', target: '..' });
    });

    test('does not walk what is ignored, but what in it is not', async () => {
        await save('sub/deep/c.txt', 'c');
        const filter = {
            isIgnored: (path: string) => path.startsWith('sub') && path !== 'sub/b.txt',
            isWithheld: () => false,
            mayDescend: (path: string) => path === 'sub',
        };
        expect([...(await scan(root, filter)).keys()].sort()).toEqual([
            'a.txt',
            'sub',
            'sub/b.txt',
        ]);
    });

    test('names the file that cannot be read', async () => {
        await expect(scan(join(root, 'nothing'), ALL)).rejects.toMatchObject({
            code: 'unreadable',
        });
    });
});

describe('looking at what changed', () => {
    test('sees what is there, whatever was said', async () => {
        const known = await scan(root, ALL);
        await save('a.txt', 'changed');
        const { there, gone } = await look(known, 'a.txt', join(root, 'sub/b.txt'));
        expect(there.get('a.txt')?.digest).not.toBe(known.get('a.txt')?.digest);
        expect(there.get('sub/b.txt')?.digest).toBe(known.get('sub/b.txt')?.digest);
        expect(gone).toEqual([]);
    });

    test('notices a directory that went with its last file', async () => {
        const known = await scan(root, ALL);
        await rm(join(root, 'sub'), { recursive: true });
        const { gone } = await look(known, 'sub/b.txt');
        expect([...gone].sort()).toEqual(['sub', 'sub/b.txt']);
    });

    test('tells which of many files of a directory are gone', async () => {
        const names = Array.from({ length: 12 }, (_, index) => `many/${index}.txt`);
        for (const name of names) await save(name, name);
        const known = await scan(root, ALL);
        const [gone, there] = [names.slice(0, 5), names.slice(5)];
        for (const name of gone) await rm(join(root, name));
        for (const name of there) await save(name, 'new');
        const looked = await look(known, ...names);
        expect([...looked.gone].sort()).toEqual([...gone].sort());
        expect([...looked.there.keys()].sort()).toEqual(['many', ...there].sort());
    });

    test('tells that many files went with their directory', async () => {
        const names = Array.from({ length: 12 }, (_, index) => `many/${index}.txt`);
        for (const name of names) await save(name, name);
        const known = await scan(root, ALL);
        await rm(join(root, 'many'), { recursive: true });
        expect([...(await look(known, ...names)).gone].sort()).toEqual(['many', ...names].sort());
    });

    test('looks at a directory whole', async () => {
        const known = await scan(root, ALL);
        await rename(join(root, 'sub/b.txt'), join(root, 'sub/c.txt'));
        const { there, gone } = await look(known, 'sub');
        expect([...there.keys()].sort()).toEqual(['sub', 'sub/c.txt']);
        expect(gone).toEqual(['sub/b.txt']);
    });

    test('finds the directories of a new file', async () => {
        const known = await scan(root, ALL);
        await save('new/deep/c.txt', 'c');
        const { there } = await look(known, 'new/deep/c.txt');
        expect([...there.keys()].sort()).toEqual(['new', 'new/deep', 'new/deep/c.txt']);
    });

    test('sees a file that became a directory', async () => {
        const known = await scan(root, ALL);
        await rm(join(root, 'a.txt'));
        await save('a.txt/x', 'x');
        const { there, gone } = await look(known, 'a.txt');
        expect(gone).toEqual(['a.txt']);
        expect(there.get('a.txt')?.kind).toBe('directory');
        expect(there.has('a.txt/x')).toBe(true);
    });

    test('sees a mode that changed alone', async () => {
        const known = await scan(root, ALL);
        await chmod(join(root, 'a.txt'), 0o700);
        expect((await look(known, 'a.txt')).there.get('a.txt')?.mode).toBe(0o700);
    });

    test.each(['../secret', '/etc/passwd', 'sub/../../secret'])('refuses %s', async (path) => {
        await expect(look(new Map(), path)).rejects.toMatchObject({ code: 'outside-context' });
    });

    test('reads nothing through a link that leads out', async () => {
        await symlink(outside, join(root, 'out'));
        const { there } = await look(new Map(), 'out/secret');
        expect(there.size).toBe(0);
    });
});

describe('sending a file', () => {
    async function read(files: ContextFiles, path: string): Promise<string> {
        const parts: Buffer[] = [];
        for await (const part of files.open(path)?.bytes ?? []) parts.push(part);
        return Buffer.concat(parts).toString();
    }

    test('reads a small file once while the context knows it as the same', async () => {
        const known = await scan(root, ALL);
        const contents = new Contents();
        const first = new ContextFiles(root, known, contents);
        expect(await read(first, 'a.txt')).toBe('a');
        await rm(join(root, 'a.txt'));
        const second = new ContextFiles(root, known, contents);
        expect(await read(second, 'a.txt')).toBe('a');
        const entry = known.get('a.txt');
        if (entry !== undefined) contents.forget(join(root, 'a.txt'), entry);
        expect(await read(second, 'a.txt')).toBe('\0');
    });

    test('sends as much as was said and notes that it changed', async () => {
        const known = await scan(root, ALL);
        const files = new ContextFiles(root, known);
        await save('a.txt', 'longer');
        await save('sub/b.txt', '');
        expect(await read(files, 'a.txt')).toHaveLength(1);
        expect(await read(files, 'sub/b.txt')).toBe('\0');
        expect([...files.unstable].sort()).toEqual(['a.txt', 'sub/b.txt']);
    });

    test('does not follow a link that took the place of a file', async () => {
        const files = new ContextFiles(root, await scan(root, ALL));
        await rm(join(root, 'a.txt'));
        await symlink(join(outside, 'secret'), join(root, 'a.txt'));
        expect(await read(files, 'a.txt')).toBe('\0');
        expect([...files.unstable]).toEqual(['a.txt']);
    });
});

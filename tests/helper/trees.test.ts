import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { extract, type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Helper } from '../../extension/host/helper/client.js';
import type { Entry } from '../../extension/host/helper/protocol.js';
import { docker, execOutput, idleContainer, linksAndTimes, removeContainer } from './containers.js';

let container: Docker.Container;
let helper: Helper;

beforeAll(async () => {
    container = await idleContainer();
    helper = await Helper.open(docker, container.id, { architecture: 'amd64' });
    const line = [
        'mkdir -p /t/dir/below; printf hello > /t/dir/file; chown 1000:2000 /t/dir/file',
        'chmod 4711 /t/dir/file; ln /t/dir/file /t/hard; ln -s /etc/passwd /t/soft',
        'mkfifo /t/pipe; mknod /t/device c 1 3; chmod 1777 /t/dir/below; printf x > /t/dir/below/ü',
    ].join('; ');
    expect(await execOutput(container, 'sh', '-c', line)).toBe('');
});

afterAll(async () => {
    await helper.close();
    await removeContainer(container);
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byPath = (entries: readonly Entry[]) => new Map(entries.map((entry) => [entry.path, entry]));

/** The members of an archive, with their contents. */
async function members(stream: NodeJS.ReadableStream) {
    const found = new Map<string, { header: Header; content: Buffer }>();
    for await (const member of stream.pipe(extract())) {
        const parts: Buffer[] = [];
        for await (const chunk of member) parts.push(chunk as Buffer);
        found.set(member.header.name, { header: member.header, content: Buffer.concat(parts) });
    }
    return found;
}

describe('listing', () => {
    test('tells kind, mode, owner, size, links, target and digest of all below a path', async () => {
        const { entries, problems } = await helper.list(
            { paths: ['/t'], recursive: true },
            { digest: true },
        );
        expect(problems).toEqual([]);
        expect(entries.map((entry) => entry.path)).toEqual([
            '/t',
            '/t/device',
            '/t/dir',
            '/t/dir/below',
            '/t/dir/below/ü',
            '/t/dir/file',
            '/t/hard',
            '/t/pipe',
            '/t/soft',
        ]);
        const found = byPath(entries);
        expect(found.get('/t/dir/file')).toMatchObject({
            kind: 'file',
            mode: 0o4711,
            uid: 1000,
            gid: 2000,
            size: 5,
            digest: sha256('hello'),
        });
        expect(found.get('/t/hard')?.origin).toBe(found.get('/t/dir/file')?.origin);
        expect(found.get('/t/soft')).toMatchObject({ kind: 'symlink', target: '/etc/passwd' });
        expect(found.get('/t/device')).toMatchObject({ kind: 'character', device: [1, 3] });
        expect(found.get('/t/dir/below')).toMatchObject({ kind: 'directory', mode: 0o1777 });
        expect(found.get('/t/pipe')).toMatchObject({ kind: 'fifo', digest: null });
    });

    test('looks at a path alone when asked to, and does not follow it', async () => {
        const { entries } = await helper.list({ paths: ['/t', '/t/soft'] });
        expect(entries.map(({ path, kind }) => [path, kind])).toEqual([
            ['/t', 'directory'],
            ['/t/soft', 'symlink'],
        ]);
    });

    test('says what is not there', async () => {
        const { entries, problems } = await helper.list({ paths: ['/none', '/t/dir/file/x'] });
        expect(entries).toEqual([]);
        expect(problems.map(({ path, code }) => [path, code])).toEqual([
            ['/none', 'ENOENT'],
            ['/t/dir/file/x', 'ENOTDIR'],
        ]);
    });

    test('goes through the whole container without entering what is mounted or left out', async () => {
        const { entries, problems } = await helper.list({
            paths: ['/'],
            recursive: true,
            excludes: ['/bin', '/t/dir'],
        });
        expect(problems).toEqual([]);
        const found = byPath(entries);
        expect(found.get('/proc')?.mounted).toBe(true);
        expect(found.get('/etc/hosts')?.mounted).toBe(true);
        expect(found.get('/etc/passwd')?.mounted).toBe(false);
        const paths = [...found.keys()];
        expect(paths.filter((path) => /^[/](proc|sys|dev|bin|t[/]dir)[/]/.test(path))).toEqual([]);
        expect(paths).toContain('/t/hard');
    });

    test('ends when it is cancelled', async () => {
        const signal = AbortSignal.abort();
        await expect(helper.list({ paths: ['/'] }, { signal })).rejects.toMatchObject({
            code: 'cancelled',
        });
    });
});

describe('sending', () => {
    test('sends an archive that is equal to what it was made of', async () => {
        const stream = helper.tar({ paths: ['/t'], recursive: true });
        const found = await members(stream);
        expect(stream.problems).toEqual([]);
        expect([...found.keys()]).toContain('t/dir/below/ü');
        expect(found.get('t/dir/file')?.content.toString()).toBe('hello');
        expect(found.get('t/dir/file')?.header).toMatchObject({
            type: 'file',
            mode: 0o4711,
            uid: 1000,
            gid: 2000,
        });
        expect(found.get('t/hard')?.header).toMatchObject({
            type: 'link',
            linkname: 't/dir/file',
        });
        expect(found.get('t/soft')?.header).toMatchObject({
            type: 'symlink',
            linkname: '/etc/passwd',
        });
        expect(found.get('t/device')?.header).toMatchObject({
            type: 'character-device',
            devmajor: 1,
            devminor: 3,
        });
    });

    test('is taken by the daemon as it is, and gives the same tree again', async () => {
        const other = await idleContainer();
        try {
            const stream = helper.tar({ paths: ['/t'], recursive: true });
            await other.putArchive(stream, { path: '/' });
            const copy = await Helper.open(docker, other.id, { architecture: 'amd64' });
            const tree = async (from: Helper) => {
                const { entries } = await from.list(
                    { paths: ['/t'], recursive: true },
                    { digest: true },
                );
                return entries.map(({ path, kind, mode, uid, gid, device, target, digest }) =>
                    [path, kind, mode, uid, gid, ...device, target, digest].join(' '),
                );
            };
            expect(await tree(copy)).toEqual(await tree(helper));
            expect(await linksAndTimes(other, '/t')).toEqual(await linksAndTimes(container, '/t'));
            await copy.close();
        } finally {
            await removeContainer(other);
        }
    });

    test('sends five hundred files and one of fifty megabytes', async () => {
        const make =
            'mkdir /f; for i in $(seq 500); do head -c 2048 /dev/urandom > /f/$i; done; ' +
            'head -c 52428800 /dev/urandom > /big';
        await execOutput(container, 'sh', '-c', make);
        const { entries } = await helper.list(
            { paths: ['/f', '/big'], recursive: true },
            { digest: true },
        );
        const found = await members(helper.tar({ paths: ['/f', '/big'], recursive: true }));
        for (const { path, digest } of entries.filter(({ kind }) => kind === 'file')) {
            const content = found.get(path.slice(1))?.content ?? Buffer.alloc(0);
            expect(createHash('sha256').update(content).digest('hex')).toBe(digest);
        }
        expect(entries).toHaveLength(502);
    });

    test('says which path is not there, and sends the rest', async () => {
        const stream = helper.tar({ paths: ['/none', '/t/soft', '/etc/hosts'] });
        expect([...(await members(stream)).keys()]).toEqual(['t/soft']);
        expect(stream.problems).toMatchObject([{ path: '/none', code: 'ENOENT' }]);
    });

    test('waits for its reader without holding up anything else', async () => {
        const stream = helper.tar({ paths: ['/big'] });
        // Nobody reads it: after a few chunks the helper waits, and answers others meanwhile.
        const { entries } = await helper.list({ paths: ['/t/soft'] });
        expect(entries).toHaveLength(1);
        stream.destroy();
        expect((await helper.list({ paths: ['/t/soft'] })).entries).toHaveLength(1);
    });
});

test('works in an image that has nothing but what was copied into it', async () => {
    const image = await scratchImage();
    const bare = await idleContainer({ Image: image });
    try {
        const there = await Helper.open(docker, bare.id, { architecture: 'amd64' });
        const { entries } = await there.list({ paths: ['/only'] }, { digest: true });
        expect(entries).toMatchObject([{ path: '/only', digest: sha256('one file') }]);
        expect(await there.remove(['/only'])).toEqual([]);
        const missing = there.run({ argv: ['sh'], cwd: '/', env: [], user: '' });
        await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
        await there.close();
    } finally {
        await removeContainer(bare);
        await docker.getImage(image).remove();
    }
});

/** An image with a single file, and no shell, no library, no passwd. */
async function scratchImage(): Promise<string> {
    const archive = pack();
    archive.entry({ name: 'only' }, 'one file');
    archive.finalize();
    const name = 'livepush-test-scratch:latest';
    const stream = await docker.importImage(archive as unknown as NodeJS.ReadableStream, {
        repo: 'livepush-test-scratch',
        tag: 'latest',
    });
    stream.resume();
    await new Promise((resolve) => stream.once('end', resolve));
    return name;
}

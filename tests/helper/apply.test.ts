import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { pack, type Header } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApplyOptions, Helper } from '../../extension/host/helper/client.js';
import { changedPaths, docker, execOutput, idleContainer } from './containers.js';
import { linksAndTimes, removeContainer } from './containers.js';

/** Two containers that are alike: an archive goes into one by the helper, into one by Docker. */
let ours: Docker.Container;
let dockers: Docker.Container;
let helper: Helper;
let other: Helper;

beforeAll(async () => {
    [ours, dockers] = await Promise.all([idleContainer(), idleContainer()]);
    helper = await Helper.open(docker, ours.id, { architecture: 'amd64' });
    other = await Helper.open(docker, dockers.id, { architecture: 'amd64' });
});

afterAll(async () => {
    await Promise.all([helper.close(), other.close()]);
    await Promise.all([ours, dockers].map(removeContainer));
});

type Member = Partial<Header> & { name: string; content?: string };

function archive(members: readonly Member[]): Readable {
    const stream = pack();
    for (const { content, ...header } of members) {
        stream.entry({ mtime: new Date(1_600_000_000_000), ...header }, content ?? '');
    }
    stream.finalize();
    return Readable.from(stream);
}

async function tree(from: Helper, path: string): Promise<string[]> {
    const { entries } = await from.list({ paths: [path], recursive: true }, { digest: true });
    return entries.map(({ path: name, kind, mode, uid, gid, device, target, digest }) =>
        [name, kind, mode, uid, gid, ...device, target, digest].join(' '),
    );
}

async function both(line: string): Promise<void> {
    for (const container of [ours, dockers]) {
        expect(await execOutput(container, 'sh', '-c', line)).toBe('');
    }
}

/** What is there before, as a shell line, and the archive that is laid out over it. */
const cases: [name: string, before: string, members: Member[], options?: ApplyOptions][] = [
    [
        'new files, with the directories above them that are missing',
        'true',
        [{ name: 'a1/b/c/file', content: 'hello', mode: 0o4755, uid: 5, gid: 6 }],
    ],
    [
        'a file over a file with other names, which keep the old content',
        'mkdir a2; echo old > a2/file; ln a2/file a2/second',
        [{ name: 'a2/file', content: 'new', mode: 0o600 }],
    ],
    [
        'a directory over a directory, which keeps what is in it and takes mode and owner',
        'mkdir -p a3/dir; echo old > a3/dir/old',
        [
            { name: 'a3/dir/', type: 'directory', mode: 0o2711, uid: 7, gid: 8 },
            { name: 'a3/dir/new', content: 'new' },
        ],
    ],
    [
        'a file over a directory, and a directory over a file',
        'mkdir -p a4/was-dir/below; touch a4/was-file a4/was-dir/below/x',
        [
            { name: 'a4/was-dir', content: 'file now' },
            { name: 'a4/was-file/', type: 'directory', mode: 0o755 },
            { name: 'a4/was-file/in', content: 'in' },
        ],
        { replaces: true },
    ],
    [
        'links, over files and over links, none of them followed at its end',
        'mkdir -p a5/dir; echo kept > a5/kept; ln -s kept a5/link; ln -s dir a5/todir; touch a5/f',
        [
            { name: 'a5/link', content: 'a file now' },
            { name: 'a5/todir', type: 'symlink', linkname: 'nowhere', uid: 3, gid: 4 },
            { name: 'a5/f', type: 'symlink', linkname: '/etc' },
        ],
    ],
    [
        'hard links, pipes and devices',
        'mkdir a7',
        [
            { name: 'a7/file', content: 'one' },
            { name: 'a7/hard', type: 'link', linkname: 'a7/file' },
            { name: 'a7/pipe', type: 'fifo', mode: 0o640, uid: 9 },
            { name: 'a7/null', type: 'character-device', devmajor: 1, devminor: 3, mode: 0o666 },
        ],
    ],
    [
        'a hard link in the place of a file, and of another name of its own file',
        'mkdir a9; echo one > a9/file; ln a9/file a9/same; echo two > a9/name',
        [
            { name: 'a9/same', type: 'link', linkname: 'a9/file' },
            { name: 'a9/name', type: 'link', linkname: 'a9/file' },
        ],
    ],
    [
        'long and foreign names, empty files and more bytes than a frame holds',
        'mkdir a8',
        [
            { name: `a8/${'long'.repeat(50)}`, content: 'long' },
            { name: 'a8/größe/日本', content: 'x' },
            { name: 'a8/empty' },
            { name: 'a8/large', content: 'x'.repeat(3_000_001) },
        ],
    ],
];

describe('an archive is laid out as Docker lays it out:', () => {
    test.each(cases)('%s', async (_name, before, members, options) => {
        await both(`cd /; ${before}`);
        expect(await helper.apply(archive(members), options)).toBe(members.length);
        await dockers.putArchive(archive(members), { path: '/' });
        const top = `/${members[0]?.name.split('/')[0] ?? ''}`;
        const withoutTime = (lines: string[]) =>
            // What the archive does not name has the time of now, in both.
            lines.map((line) => line.replace(/ (?!1600000000)\d{10}$/, ''));
        expect(await tree(helper, top)).toEqual(await tree(other, top));
        expect(withoutTime(await linksAndTimes(ours, top))).toEqual(
            withoutTime(await linksAndTimes(dockers, top)),
        );
    });
});

test('a thousand files arrive whole', async () => {
    const members = Array.from({ length: 1000 }, (_, index) => ({
        name: `thousand/${index % 10}/${index}`,
        content: `${index}`.padEnd(2048, '.'),
    }));
    const time = async (work: () => Promise<unknown>) => {
        const before = performance.now();
        await work();
        return (performance.now() - before).toFixed(1);
    };
    const tars = [archive(members), archive(members)] as const;
    const put = await time(() => dockers.putArchive(tars[0], { path: '/' }));
    const applied = await time(() => helper.apply(tars[1]));
    const one = await time(() => helper.apply(archive([{ name: 'one', content: 'x' }])));
    const putOne = await time(() =>
        dockers.putArchive(archive([{ name: 'one', content: 'x' }]), { path: '/' }),
    );
    console.log(`1000 files: ${applied} ms, Docker ${put} ms; one: ${one} ms, Docker ${putOne} ms`);
    const digests = async (from: Helper) =>
        (await from.list({ paths: ['/thousand'], recursive: true }, { digest: true })).entries.map(
            ({ path, digest }) => `${path} ${String(digest)}`,
        );
    expect(await digests(helper)).toEqual(await digests(other));
});

test('an application that reads a file while it is replaced finds it whole', async () => {
    const page = (content: string) =>
        archive([
            { name: 'page', content: `${content.repeat(300_000)}\n`, mode: 0o600, uid: 1000 },
        ]);
    await helper.apply(page('a'));
    const reading = await ours.exec({
        Cmd: ['sh', '-c', 'while [ ! -e /stop ]; do wc -c < /page; done'],
        User: '1000',
        AttachStdout: true,
        AttachStderr: true,
        Tty: true,
    });
    const sizes = text(await reading.start({ Tty: true }));
    for (let time = 0; time < 300; time++) await helper.apply(page(time % 2 === 0 ? 'b' : 'a'));
    await helper.apply(archive([{ name: 'stop' }]));
    expect(new Set((await sizes).trim().split('\r\n'))).toEqual(new Set(['300001']));
    expect(await changedPaths(ours)).not.toContain('/.livepush-unfinished');
});

describe('an archive that a build refuses', () => {
    const refused: [name: string, code: string, path: string, before: string, member: Member][] = [
        [
            'a directory in the place of a link to one',
            'file-in-the-way',
            '/b1/link',
            'mkdir -p b1/real; ln -s real b1/link',
            { name: 'b1/link/', type: 'directory' },
        ],
        [
            'a directory in the place of a file',
            'file-in-the-way',
            '/b2/file',
            'mkdir b2; touch b2/file',
            { name: 'b2/file/', type: 'directory' },
        ],
        [
            'a file below a link',
            'file-in-the-way',
            '/b3/link',
            'mkdir -p b3/real; ln -s real b3/link',
            { name: 'b3/link/below/x', content: 'x' },
        ],
        [
            'a file in the place of a directory',
            'directory-in-the-way',
            '/b4/dir',
            'mkdir -p b4/dir/below',
            { name: 'b4/dir', content: 'x' },
        ],
    ];
    test.each(refused)('is refused: %s', async (_name, code, path, before, member) => {
        await both(`cd /; ${before}`);
        const unchanged = await tree(helper, `/${path.split('/')[1] ?? ''}`);
        await expect(helper.apply(archive([member]))).rejects.toMatchObject({ code, path });
        expect(await tree(helper, `/${path.split('/')[1] ?? ''}`)).toEqual(unchanged);
    });
});

describe('where the application has put a link', () => {
    test('a directory takes its place, and nothing behind it is touched', async () => {
        await both('cd /; mkdir -p c1/secret; echo old > c1/secret/x; ln -s secret c1/link');
        const before = await tree(helper, '/c1/secret');
        const tar = archive([{ name: 'c1/link/below/x', content: 'new' }]);
        await helper.apply(tar, { replaces: true });
        expect(await tree(helper, '/c1/secret')).toEqual(before);
        expect(await kinds('/c1')).toEqual([
            '/c1 directory',
            '/c1/link directory',
            '/c1/link/below directory',
            '/c1/link/below/x file',
            '/c1/secret directory',
            '/c1/secret/x file',
        ]);
    });

    test('nothing behind it is removed, listed or sent', async () => {
        await both('cd /; mkdir -p c2/secret; echo old > c2/secret/x; ln -s secret c2/link');
        expect(await helper.remove(['/c2/link/x'])).toEqual([]);
        const { entries, problems } = await helper.list({ paths: ['/c2/link/x'] });
        expect([entries, problems]).toMatchObject([[], [{ path: '/c2/link/x', code: 'ELOOP' }]]);
        const sent = helper.tar({ paths: ['/c2/link/x'] });
        await text(sent);
        expect(sent.problems).toMatchObject([{ path: '/c2/link/x', code: 'ELOOP' }]);
        expect(await execOutput(ours, 'cat', '/c2/secret/x')).toBe('old\n');
    });

    test('a further name is given only to a file of the same archive', async () => {
        await both('cd /; mkdir c3; echo root > c3/secret; chmod 600 c3/secret');
        const link = { name: 'c3/name', type: 'link', linkname: 'c3/secret', mode: 0o666 } as const;
        const applied = helper.apply(archive([link]), { replaces: true });
        await expect(applied).rejects.toMatchObject({ code: 'changed' });
        expect(await execOutput(ours, 'stat', '-c', '%a %h', '/c3/secret')).toBe('600 1\n');
    });

    test('it is followed only for containers in which none runs', async () => {
        await both('cd /; mkdir -p c4/real; echo x > c4/real/x; ln -s real c4/link');
        const { entries } = await helper.list({ paths: ['/c4/link/x'], follow: true });
        expect(entries).toMatchObject([{ path: '/c4/link/x', kind: 'file' }]);
    });

    async function kinds(path: string): Promise<string[]> {
        const { entries } = await helper.list({ paths: [path], recursive: true });
        return entries.map(({ path: name, kind }) => `${name} ${kind}`);
    }
});

describe('an archive that cannot be laid out', () => {
    test('says which path could not be', async () => {
        const tar = archive([{ name: 'etc/hosts', content: 'x' }]);
        await expect(helper.apply(tar)).rejects.toMatchObject({
            code: 'EBUSY',
            path: '/etc/hosts',
        });
    });

    test('and leads upwards is refused', async () => {
        const tar = archive([{ name: 'tmp/../../x', content: 'x' }]);
        await expect(helper.apply(tar)).rejects.toThrow(/\.\./);
    });

    test('is broken off where its source fails, and the helper goes on', async () => {
        const broken = async function* (): AsyncGenerator<Buffer> {
            for await (const part of archive([{ name: 'tmp/a', content: 'x' }])) {
                yield part as Buffer;
                throw new Error('the disk is gone');
            }
        };
        await expect(helper.apply(broken())).rejects.toThrow('the disk is gone');
        expect(await helper.apply(archive([{ name: 'tmp/b', content: 'y' }]))).toBe(1);
    });

    test('is broken off when it is cancelled', async () => {
        const abort = new AbortController();
        const endless = async function* (): AsyncGenerator<Buffer> {
            const tar = archive([{ name: 'tmp/endless', content: 'x'.repeat(1_000_000) }]);
            for await (const part of tar) {
                yield part as Buffer;
                abort.abort();
            }
        };
        const applying = helper.apply(endless(), { signal: abort.signal });
        await expect(applying).rejects.toMatchObject({ code: 'cancelled' });
    });
});

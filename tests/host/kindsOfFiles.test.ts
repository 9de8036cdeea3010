/** What is no plain file arrives in the live container as the docker command line's build lays it out. */
import { execFile } from 'node:child_process';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';
/** All that a build lays out: kind, mode, owner, size, number of names. */
const LIST = 'cd /d && find . | sort | xargs stat -c "%n %F %a %u:%g %s %h" | grep -v directory';

interface Project {
    readonly context: string;
    readonly save: (path: string, text: string | Buffer) => Promise<void>;
    readonly start: () => Promise<Session>;
    /** What a command prints in a new container of the docker command line's build. */
    readonly built: (...command: string[]) => Promise<string>;
    /** Why the docker command line's build fails. */
    readonly refusal: () => Promise<string>;
}

async function project(dockerfile: string): Promise<Project> {
    const context = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(context, { recursive: true }));
    const save = (path: string, text: string | Buffer): Promise<void> =>
        writeFile(join(context, path), text);
    await save('Dockerfile', dockerfile);
    await save('.dockerignore', 'Dockerfile\n');
    await mkdir(join(context, 'd'));
    const build = (): Promise<{ stdout: string }> => run(DOCKER, ['build', '-q', context]);
    return {
        context,
        save,
        start: async () => {
            const path = join(context, 'Dockerfile');
            const session = await Session.start({ docker, dockerfile: path, context });
            onTestFinished(() => session.close({ removeContainer: true }));
            return session;
        },
        built: async (...command) => {
            const image = (await build()).stdout.trim();
            return (await run(DOCKER, ['run', '--rm', image, ...command])).stdout;
        },
        refusal: () =>
            build().then(
                () => '',
                (error: unknown) => (error as { stderr: string }).stderr,
            ),
    };
}

async function inside(session: Session, ...command: string[]): Promise<string> {
    return (await run(DOCKER, ['exec', session.containerId, ...command])).stdout;
}

const COPIED = `FROM busybox
COPY d /d
CMD ["sleep", "100000"]
`;
const REPLAYED = `FROM busybox
COPY d /d
RUN true
CMD ["sleep", "100000"]
`;

test.each([
    ['a trailing COPY', COPIED],
    ['a replayed COPY', REPLAYED],
])('pipes, sockets and files with several names: %s', async (_name, dockerfile) => {
    const { context, save, start, built } = await project(dockerfile);
    await save('d/h1', 'one\n');
    await link(join(context, 'd/h1'), join(context, 'd/h2'));
    await run('mkfifo', ['-m', '640', join(context, 'd/pipe')]);
    const session = await start();
    expect(await inside(session, 'sh', '-c', LIST)).toBe(await built('sh', '-c', LIST));
    // Written in place, by one of its names.
    await save('d/h1', 'other\n');
    await run('mkfifo', [join(context, 'd/second')]);
    await listen(join(context, 'd/socket'));
    const updated = ['d/h1', 'd/second', 'd/socket'];
    expect(await session.push({ updated, deleted: [] })).toMatchObject({ outcome: 'done' });
    expect(await inside(session, 'sh', '-c', LIST)).toBe(await built('sh', '-c', LIST));
    expect(await inside(session, 'cat', '/d/h2')).toBe('other\n');
    expect(await session.verify()).toEqual([]);
});

async function listen(path: string): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(
        () =>
            new Promise<void>((resolve) => {
                server.close(() => {
                    resolve();
                });
            }),
    );
}

test('a name that is not UTF-8 is said', async () => {
    const { context, save, start } = await project(COPIED);
    await save('d/a', 'a\n');
    const name = Buffer.concat([Buffer.from(join(context, 'd/')), Buffer.from([0x6e, 0xff])]);
    await writeFile(name, 'x');
    await expect(start()).rejects.toMatchObject({
        code: 'unreadable',
        path: 'd/n\ufffd',
        remedy: expect.stringContaining('Rename') as string,
    });
});

const IN_THE_WAY = `FROM busybox
RUN mkdir -p /app/data /x /app/data/folder && ln -s /x /app/data/sub && touch /app/data/file
COPY d /app/data
`;

test.each([
    ['a directory onto a link', 'd/sub/h', IN_THE_WAY],
    ['a directory onto a file', 'd/file/h', IN_THE_WAY],
    ['a file onto a directory', 'd/folder', IN_THE_WAY],
    ['a directory onto a link, replayed', 'd/sub/h', `${IN_THE_WAY}RUN true\n`],
    ['a directory onto a file, replayed', 'd/file/h', `${IN_THE_WAY}RUN true\n`],
    ['a file onto a directory, replayed', 'd/folder', `${IN_THE_WAY}RUN true\n`],
])('%s is refused as a build refuses it', async (_name, path, dockerfile) => {
    const { context, save, start, refusal } = await project(
        `${dockerfile}CMD ["sleep", "100000"]\n`,
    );
    await save('d/a', 'a\n');
    const session = await start();
    await mkdir(join(context, path, '..'), { recursive: true });
    await save(path, 'h\n');
    const { outcome, error } = await session.push({ updated: [path], deleted: [] });
    expect({ outcome, code: error?.code, lines: error?.lines }).toEqual({
        outcome: 'failed',
        code: 'step-failed',
        lines: [3, 3],
    });
    // The build names the path on the daemon's disk.
    const [reason = '', place = ''] = error?.message.split(/(?=\/app)/u) ?? [];
    const said = await refusal();
    expect(said).toContain(reason);
    expect(said).toContain(place);
    await rm(join(context, path), { recursive: true });
    if (path.endsWith('/h')) await rm(join(context, path, '..'), { recursive: true });
    expect(await session.push()).toMatchObject({ error: null });
    expect(await session.verify()).toEqual([]);
});

/** Attributes are set by a tool of the image, since a build container has nothing else. */
const ATTRIBUTES = `FROM debian:bookworm AS build
COPY tools /
WORKDIR /out
COPY d .
RUN cp /bin/true app && cat a >> app && setcap cap_net_bind_service=+ep app && setcap cap_chown=+ep a
FROM debian:bookworm
COPY tools /
COPY --from=build /out /out
RUN cp /bin/true /own && cat /out/a >> /own && setcap cap_kill=+ep /own
CMD ["sleep", "100000"]
`;

test('capabilities survive replays and copies between stages', { timeout: 180_000 }, async () => {
    const { context, save, start, built } = await project(ATTRIBUTES);
    await tools(context);
    await save('d/a', 'a1\n');
    const session = await start();
    const list = ['sh', '-c', 'getcap /own /out/app /out/a'];
    const expected = await built(...list);
    expect(expected.trim().split('\n')).toHaveLength(3);
    expect(await inside(session, ...list)).toBe(expected);
    await save('d/a', 'a2\n');
    expect(await session.push({ updated: ['d/a'], deleted: [] })).toMatchObject({
        outcome: 'done',
    });
    expect(await inside(session, ...list)).toBe(expected);
    expect(await session.verify()).toEqual([]);
    await inside(session, 'setcap', '-r', '/own');
    expect(await session.verify()).toMatchObject([{ path: '/own', kind: 'attributes' }]);
});

/** The machine's own setcap and getcap, with their library. */
async function tools(context: string): Promise<void> {
    await mkdir(join(context, 'tools/usr/lib/x86_64-linux-gnu'), { recursive: true });
    await mkdir(join(context, 'tools/usr/sbin'));
    for (const name of ['setcap', 'getcap']) {
        const bytes = await readFile(`/usr/sbin/${name}`);
        await writeFile(join(context, 'tools/usr/sbin', name), bytes, { mode: 0o755 });
    }
    const library = 'usr/lib/x86_64-linux-gnu/libcap.so.2';
    await writeFile(join(context, 'tools', library), await readFile(`/${library}`), {
        mode: 0o755,
    });
}

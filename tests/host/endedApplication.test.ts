/** An application that has ended, and the save that mends it. */
import { mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LiveSession } from '../../extension/host/api.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();

interface Subject {
    readonly folder: string;
    save(path: string, text: string): Promise<void>;
}

async function project(files: Readonly<Record<string, string>>): Promise<Subject> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const save = async (path: string, text: string): Promise<void> => {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
    };
    for (const [path, text] of Object.entries(files)) await save(path, text);
    return { folder, save };
}

async function start({ folder }: Subject, options: object = {}): Promise<LiveSession> {
    const dockerfile = join(folder, 'Dockerfile');
    const session = await Session.start({ docker, dockerfile, context: folder, ...options });
    onTestFinished(() => session.close({ removeContainer: true }));
    return session;
}

/** Waits until the container has ended, not for a time. */
async function ended(session: LiveSession): Promise<void> {
    await docker.getContainer(session.containerId).wait({ condition: 'not-running' });
    if (session.state !== 'down') {
        await new Promise<void>((resolve) =>
            session.on('state', (state) => state === 'down' && resolve()),
        );
    }
}

const RUNS = 'exec sleep 100000\n';
const ENDS = 'exit 3\n';

test.each([
    ['the application alone', {}],
    ['the container', { restartContainer: true }],
])('a push starts %s again after it has ended', async (_which, options) => {
    const files = await project({
        Dockerfile: 'FROM busybox\nCOPY run.sh /app/\nCMD ["sh", "/app/run.sh"]\n',
        'run.sh': RUNS,
    });
    const session = await start(files, options);
    await files.save('run.sh', ENDS);
    await session.push({ updated: ['run.sh'], deleted: [] });
    await ended(session);
    await files.save('run.sh', RUNS);
    const result = await session.push({ updated: ['run.sh'], deleted: [] });
    expect(result).toMatchObject({ outcome: 'done', restarted: true, error: null });
    expect(session.state).toBe('live');
    expect(await session.verify()).toEqual([]);
});

test('what was deleted and renamed is gone from a container that has ended, before it starts', async () => {
    const files = await project({
        Dockerfile: 'FROM busybox\nCOPY src /src\nCOPY run.sh /app/\nCMD ["sh", "/app/run.sh"]\n',
        'run.sh': RUNS,
        'src/a': 'a',
        'src/d/e/f': 'f',
        'src/old name': 'x',
    });
    const session = await start(files);
    await files.save('run.sh', ENDS);
    await session.push({ updated: ['run.sh'], deleted: [] });
    await ended(session);
    // It would not stay if it saw what is to be gone.
    await files.save('run.sh', 'test -e /src/a && exit 4\nexec sleep 100000\n');
    await rm(join(files.folder, 'src/a'));
    await rm(join(files.folder, 'src/d'), { recursive: true });
    await rename(join(files.folder, 'src/old name'), join(files.folder, 'src/new'));
    const result = await session.push({
        updated: ['run.sh', 'src/new'],
        deleted: ['src/a', 'src/d', 'src/old name'],
    });
    expect(result).toMatchObject({ outcome: 'done', restarted: true });
    expect(session.state).toBe('live');
    expect(await session.verify()).toEqual([]);
});

test('a push that asks for no restart starts an application that has ended, once it has changed something', async () => {
    const files = await project({
        Dockerfile:
            'FROM busybox\nCOPY wait.sh /wait.sh\n#dev-cmd-live=sh /wait.sh\nCOPY src /src\n',
        'wait.sh': 'cd /src && . ./run.sh\n',
        'src/run.sh': RUNS,
    });
    const session = await start(files);
    await files.save('src/run.sh', ENDS);
    expect(await session.push({ updated: ['src/run.sh'], deleted: [] })).toMatchObject({
        outcome: 'done',
        restarted: false,
    });
    await session.restart();
    await ended(session);
    expect(await session.push({ updated: [], deleted: [] })).toMatchObject({ outcome: 'nothing' });
    expect(session.state).toBe('down');
    await files.save('src/run.sh', RUNS);
    expect(await session.push({ updated: ['src/run.sh'], deleted: [] })).toMatchObject({
        outcome: 'done',
        restarted: true,
    });
    expect(session.state).toBe('live');
});

test('a container that Docker restarts again and again gets the push that mends it', async () => {
    const files = await project({
        Dockerfile: 'FROM busybox\nCOPY src /src\nCMD ["sh", "/src/run.sh"]\n',
        'src/run.sh': ENDS,
        'src/old': '',
    });
    const { folder } = files;
    const { id: container } = await docker
        .createContainer({
            Image: 'busybox',
            Cmd: ['sh', '/src/run.sh'],
            HostConfig: { RestartPolicy: { Name: 'always' } },
        })
        .then(async (made) => (await made.start(), made));
    onTestFinished(() => docker.getContainer(container).remove({ force: true }));
    const session = await Session.attach({
        docker,
        dockerfile: join(folder, 'Dockerfile'),
        context: folder,
        containerId: container,
    });
    onTestFinished(() => session.close());
    await rm(join(folder, 'src/old'));
    await files.save('src/run.sh', RUNS);
    const result = await session.push({ updated: ['src/run.sh'], deleted: ['src/old'] });
    expect(result).toMatchObject({ outcome: 'done', restarted: true });
    const { State: state } = await docker.getContainer(container).inspect();
    expect(state).toMatchObject({ Running: true, Restarting: false });
    expect(await session.verify()).toEqual([]);
});

test('the log marks where the application ended, with its exit code, and where it started again', async () => {
    const files = await project({
        Dockerfile: 'FROM busybox\nCOPY run.sh /app/\nCMD ["sh", "/app/run.sh"]\n',
        'run.sh': 'echo up; exec sleep 100000\n',
    });
    const session = await start(files);
    let log = '';
    let heard: (() => void) | null = null;
    session.on('log', (_stream, data) => {
        log += Buffer.from(data).toString();
        heard?.();
    });
    const until = (pattern: RegExp): Promise<void> =>
        new Promise((resolve) => {
            heard = () => pattern.test(log) && resolve();
            heard();
        });
    await files.save('run.sh', 'echo last words; exit 3\n');
    await session.push({ updated: ['run.sh'], deleted: [] });
    await until(/exited with code 3/u);
    await files.save('run.sh', 'echo up again; exec sleep 100000\n');
    await session.push({ updated: ['run.sh'], deleted: [] });
    await until(/up again/u);
    expect(log).toMatch(
        /up\n.*restarts.*\n.*last words\n.*exited with code 3.*\n.*restarts.*\n.*up again\n/su,
    );
});

/** What can go wrong with a container: each has a typed error, and the next push makes up for it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PushResult } from '../../extension/host/api.js';
import { fromDocker } from '../../extension/host/docker/errors.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';
const DOCKERFILE = `FROM busybox
WORKDIR /app
COPY input .
RUN cat input > made
#dev-cmd-live=sleep 100000
COPY page data/page
`;

interface Project {
    readonly folder: string;
    readonly dockerfile: string;
    readonly save: (path: string, text: string) => Promise<void>;
    /** Runs a container of it that somebody else made, and attaches to that. */
    readonly attach: (...options: string[]) => Promise<Session>;
    readonly start: () => Promise<Session>;
}

async function project(text = DOCKERFILE): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const save = (path: string, content: string): Promise<void> =>
        writeFile(join(folder, path), content);
    const dockerfile = join(folder, 'Dockerfile');
    await save('Dockerfile', text);
    await save('input', 'i1\n');
    await save('page', 'p1\n');
    await save('.dockerignore', 'Dockerfile\n');
    const given = { docker, dockerfile, context: folder };
    const closing = (session: Session): Session => {
        onTestFinished(() => session.close({ removeContainer: true }));
        return session;
    };
    return {
        folder,
        dockerfile,
        save,
        attach: async (...options) => {
            const { stdout: image } = await run(DOCKER, ['build', '-q', folder]);
            onTestFinished(async () => {
                await run(DOCKER, ['rmi', '-f', image.trim()]);
            });
            const command = ['run', '-d', ...options, image.trim(), 'sleep', '100000'];
            const containerId = (await run(DOCKER, command)).stdout.trim();
            onTestFinished(async () => {
                await run(DOCKER, ['rm', '-fv', containerId]);
            });
            return closing(await Session.attach({ ...given, containerId }));
        },
        start: async () => closing(await Session.start(given)),
    };
}

async function read(session: Session, path: string): Promise<string> {
    return (await run(DOCKER, ['exec', session.containerId, 'cat', path])).stdout;
}

function inside(session: Session, command: string): Promise<unknown> {
    return run(DOCKER, ['exec', session.containerId, 'sh', '-c', command]);
}

/** An error as Node makes it for a socket. */
function tried(syscall: string, fields: Readonly<Record<string, unknown>>): Error {
    return Object.assign(new Error(`${syscall} failed`), { syscall, ...fields });
}

const PAGE = { updated: ['page'], deleted: [] };
const PENDING: Partial<PushResult> = { outcome: 'failed', restarted: false };

describe('what keeps Docker from being reached', () => {
    const unreachable = {
        code: 'daemon-unreachable',
        remedy: 'Start Docker, or name the address at which it listens.',
    };

    test('no socket', async () => {
        await expect(connect('unix:///nowhere/docker.sock')).rejects.toMatchObject({
            ...unreachable,
            message: 'Docker cannot be reached: there is no socket /nowhere/docker.sock',
        });
    });

    test('nobody who listens', async () => {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        server.close();
        await expect(connect(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
            ...unreachable,
            message: `Docker cannot be reached: nothing listens at 127.0.0.1:${port}`,
        });
    });

    test('a connection that is broken off', async () => {
        const server = createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
        onTestFinished(() => void server.close());
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        await expect(connect(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
            ...unreachable,
            message: 'Lost the connection to Docker',
        });
    });

    // What Node says then: as root, a test is refused nothing.
    test.each([
        [
            new AggregateError([
                tried('connect', { code: 'ECONNREFUSED', address: '::1', port: 2375 }),
            ]),
            'daemon-unreachable',
            'Docker cannot be reached: nothing listens at [::1]:2375',
        ],
        [
            tried('getaddrinfo', { code: 'ENOTFOUND', hostname: 'docker.example' }),
            'daemon-unreachable',
            'Docker cannot be reached: no host is called docker.example',
        ],
        [
            tried('connect', { code: 'EACCES', address: '/run/my docker.sock' }),
            'permission-denied',
            'You have no permission to open Docker’s socket /run/my docker.sock',
        ],
        [
            new Error('EACCES: permission denied, open .env'),
            'internal',
            'Writing: EACCES: permission denied, open .env',
        ],
    ])('%s', (thrown, code, message) => {
        expect(fromDocker(thrown, 'Writing')).toMatchObject({ code, message });
    });
});

describe('what keeps a container from being pushed to', () => {
    test('a root filesystem that is read-only', async () => {
        const { save, attach } = await project();
        const session = await attach('--read-only');
        await save('page', 'p2\n');
        expect(await session.push(PAGE)).toMatchObject({
            ...PENDING,
            error: { code: 'read-only', lines: [6, 6] },
        });
        expect(session.pending).toBe(true);
        const other = await attach();
        await save('page', 'p3\n');
        expect(await other.push(PAGE)).toMatchObject({ outcome: 'done' });
        expect(await other.verify()).toEqual([]);
    });

    test.each([
        ['bind mount', (folder: string) => ['-v', `${folder}:/app/data`]],
        ['read-only bind mount', (folder: string) => ['-v', `${folder}:/app/data:ro`]],
        ['tmpfs', () => ['--tmpfs', '/app/data']],
        ['volume with a name', () => ['-v', 'livepush-test-data:/app/data']],
    ])('but not a path below a %s: it is left out, which is told once', async (_kind, options) => {
        const { save, attach } = await project();
        onTestFinished(async () => {
            await run(DOCKER, ['volume', 'rm', '-f', 'livepush-test-data']);
        });
        const mounted = await mkdtemp(join(tmpdir(), 'livepush-test-'));
        onTestFinished(() => rm(mounted, { recursive: true }));
        const session = await attach(...options(mounted));
        const notices: string[] = [];
        session.on('notice', (text) => notices.push(text));
        const before = await inside(session, 'cat /app/data/page || echo none');
        await save('page', 'p2\n');
        expect(await session.push(PAGE)).toMatchObject({ outcome: 'done', error: null });
        await save('page', 'p3\n');
        await save('input', 'i2\n');
        expect(await session.push()).toMatchObject({ outcome: 'done', error: null });
        expect(await inside(session, 'cat /app/data/page || echo none')).toEqual(before);
        expect(await read(session, '/app/made')).toBe('i2\n');
        expect(notices).toEqual([expect.stringContaining('below /app/data')]);
        expect(await readdir(mounted)).toEqual([]);
    });

    test('a full disk', async () => {
        const { save, attach } = await project();
        const tmpfs = 'volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-opt=o=size=256k';
        const session = await attach('--mount', `type=volume,dst=/app/data,${tmpfs}`);
        await inside(session, 'head -c 250000 /dev/zero > /app/data/full || true');
        const text = 'p2\n'.repeat(20_000);
        await save('page', text);
        expect(await session.push(PAGE)).toMatchObject({
            ...PENDING,
            error: { code: 'no-space', lines: [6, 6] },
        });
        await inside(session, 'rm /app/data/full');
        expect(await session.push()).toMatchObject({ outcome: 'done' });
        expect(await read(session, '/app/data/page')).toBe(text);
    });

    test('a container that is paused', async () => {
        const { save, start } = await project();
        const session = await start();
        const container = docker.getContainer(session.containerId);
        await container.pause();
        await save('page', 'p2\n');
        const paused = await session.push(PAGE);
        expect(paused).toMatchObject({ ...PENDING, error: { code: 'container-paused' } });
        await container.unpause();
        await save('input', 'i2\n');
        expect(await session.push({ updated: ['input'], deleted: [] })).toMatchObject({
            outcome: 'done',
        });
        expect(await session.verify()).toEqual([]);
    });

    test('an application that ends as soon as it is restarted', async () => {
        const { save, start } = await project(
            'FROM busybox\nCOPY page .\nCMD grep -q p1 page && exec sleep 100000; exit 7\n',
        );
        const session = await start();
        const problem = new Promise((resolve) => session.on('problem', resolve));
        await save('page', 'p2\n');
        await session.push(PAGE);
        expect(await problem).toMatchObject({
            code: 'container-died',
            message: 'The application exited with code 7',
        });
        expect(session.state).toBe('down');
    });

    test('a container that was removed', async () => {
        const { save, start } = await project();
        const session = await start();
        const problem = new Promise((resolve) => session.on('problem', resolve));
        await docker.getContainer(session.containerId).remove({ force: true });
        expect(await problem).toMatchObject({
            code: expect.stringMatching(/^container-/u) as string,
        });
        await save('page', 'p2\n');
        expect(await session.push(PAGE)).toMatchObject({
            ...PENDING,
            error: { code: 'container-gone' },
        });
        expect(session.state).toBe('gone');
        await session.rebuild();
        expect(session.state).toBe('live');
        expect(await read(session, '/app/data/page')).toBe('p2\n');
    });
});

describe('a container that somebody else made', () => {
    const remedy = 'Start again: build and run a new one, or attach to another.';

    test('is not rebuilt, and leads to another where it is removed', async () => {
        const { save, attach } = await project();
        const session = await attach();
        expect(session.own).toBe(false);
        await expect(session.rebuild()).rejects.toMatchObject({ code: 'rebuild-needed', remedy });
        const problem = new Promise((resolve) => session.on('problem', resolve));
        await docker.getContainer(session.containerId).remove({ force: true });
        expect(await problem).toMatchObject({ code: 'container-gone', remedy });
        await save('page', 'p2\n');
        expect(await session.push(PAGE)).toMatchObject({
            ...PENDING,
            error: { code: 'container-gone', remedy },
        });
    });

    test('is to be run otherwise where it cannot be written to', async () => {
        const { save, attach } = await project();
        const session = await attach('--read-only');
        await save('page', 'p2\n');
        expect(await session.push(PAGE)).toMatchObject({
            ...PENDING,
            error: { remedy: expect.stringMatching(/--read-only.*Then start again/u) as string },
        });
    });
});

describe('what keeps a push from its end', () => {
    test('a port that somebody else has', async () => {
        const { dockerfile, folder } = await project();
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const options = { docker, dockerfile, context: folder, ports: [`127.0.0.1:${port}:80`] };
        await expect(Session.start(options)).rejects.toMatchObject({ code: 'port-taken' });
        const filters = { label: [`livepush.context=${folder}`] };
        expect(await docker.listContainers({ all: true, filters })).toEqual([]);
        await new Promise((resolve) => server.close(resolve));
        const session = await Session.start(options);
        await session.close({ removeContainer: true });
    });

    test('a step that fails, with what it said', async () => {
        const { save, start } = await project(
            DOCKERFILE.replace('cat input', 'echo looking at it >&2 && grep -v bad input'),
        );
        const session = await start();
        await save('input', 'bad\n');
        const failed = await session.push({ updated: ['input'], deleted: [] });
        expect(failed).toMatchObject({
            ...PENDING,
            error: {
                code: 'step-failed',
                lines: [4, 4],
                output: expect.stringContaining('looking at it') as string,
            },
        });
        await save('input', 'good\n');
        expect(await session.push({ updated: ['input'], deleted: [] })).toMatchObject({
            outcome: 'done',
            restarted: true,
        });
        expect(await session.verify()).toEqual([]);
    });
});

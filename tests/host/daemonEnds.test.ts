/** What becomes of a session whose daemon ends, with a daemon of the test's own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { LivepushErrorShape, LiveSession } from '../../extension/host/api.js';
import { setStateFolder } from '../../extension/host/common/stateFolder.js';
import { connect, findSessions, startSession } from '../../extension/host/engine.js';
import { ledgerOf } from '../../extension/host/docker/objects.js';
import { sessionIds } from '../../extension/host/session/record.js';
import { type SecondDaemon, startSecondDaemon } from './support/secondDaemon.js';

const run = promisify(execFile);
let daemon: SecondDaemon;
let folder: string;
let session: LiveSession;

const save = (text: string): Promise<void> => writeFile(join(folder, 'a'), text);

async function start(): Promise<LiveSession> {
    const docker = await connect({ host: `unix://${daemon.socket}` });
    return startSession({ docker, dockerfile: join(folder, 'Dockerfile'), context: folder });
}

async function content(): Promise<string> {
    const host = `unix://${daemon.socket}`;
    const read = ['-H', host, 'exec', session.containerId, 'cat', '/a'];
    return (await run('/usr/bin/docker', read)).stdout;
}

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    setStateFolder(join(folder, 'state'));
    daemon = await startSecondDaemon();
    const load = `docker save busybox | docker -H unix://${daemon.socket} load`;
    await run('sh', ['-c', load]);
    await save('one');
    await writeFile(join(folder, '.dockerignore'), 'state\n');
    const text = 'FROM busybox\nCOPY a /a\nRUN true\nCMD ["sleep", "1000"]\n';
    await writeFile(join(folder, 'Dockerfile'), text);
}, 120_000);

beforeEach(async () => {
    session = await start();
}, 120_000);

afterAll(async () => {
    await daemon.stop();
    await rm(folder, { recursive: true });
});

test('a daemon that ends is noticed, and the session goes on once it is back', async () => {
    const problems: LivepushErrorShape[] = [];
    session.on('problem', (problem) => problems.push(problem));
    await daemon.pause();
    await vi.waitUntil(() => session.state === 'down', 30_000);
    await vi.waitUntil(() => problems.some(({ code }) => code === 'daemon-unreachable'), 30_000);
    await save('two');
    await daemon.resume();
    await vi.waitUntil(() => session.state === 'live', 60_000);
    expect(await content()).toBe('two');
    await save('three');
    expect((await session.push()).error).toBeNull();
    expect(await content()).toBe('three');
    await session.close({ removeContainer: true });
    expect(await sessionIds()).toEqual([]);
});

test('what could not be removed since the daemon had ended is removed by the next start', async () => {
    const { entries } = ledgerOf(session.id);
    await daemon.pause();
    await session.close({ removeContainer: true });
    expect(await sessionIds()).toEqual([session.id]);
    await daemon.resume();
    expect((await daemon.docker.listContainers({ all: true })).length).toBeGreaterThan(0);
    const closed = session.id;
    session = await start();
    expect(await findSessions(daemon.docker, [session.dockerfile])).toEqual([]);
    const containers = await daemon.docker.listContainers({ all: true });
    const ids = containers.map(({ Id }) => Id);
    for (const { id } of entries) expect(ids).not.toContain(id);
    expect(await sessionIds()).not.toContain(closed);
    await session.close({ removeContainer: true });
    expect(await daemon.docker.listContainers({ all: true })).toEqual([]);
    const images = await daemon.docker.listImages({ all: true });
    expect(images.map(({ RepoTags: tags }) => tags)).toEqual([['busybox:latest']]);
});

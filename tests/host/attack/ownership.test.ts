/** What others made of our images, or say of themselves, is never taken up and never removed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LiveSession } from '../../../extension/host/api.js';
import { setStateFolder } from '../../../extension/host/common/stateFolder.js';
import {
    cleanUp,
    connect,
    findSessions,
    resumeSession,
    startSession,
} from '../../../extension/host/engine.js';
import { build } from '../scenarios/harness/daemon.js';

const docker = await connect();
const kept: { remove(options: { force: boolean }): Promise<unknown> }[] = [];
let folder: string;
let state: string;
let session: LiveSession;

async function start(): Promise<LiveSession> {
    return startSession({
        docker,
        dockerfile: join(folder, 'Dockerfile'),
        context: folder,
        buildArgs: { TOKEN: 'built-secret' },
        env: { PASSWORD: 'run-secret' },
    });
}

async function run(image: string, labels: Record<string, string> = {}): Promise<string> {
    const container = await docker.createContainer({
        Image: image,
        Cmd: ['sleep', '1000'],
        Labels: labels,
    });
    kept.unshift(container);
    await container.start();
    return container.id;
}

async function isThere(id: string): Promise<boolean> {
    const found = await docker.getContainer(id).inspect();
    return found.State.Running;
}

/** As another window or a later start does it. */
async function resumed(): Promise<LiveSession> {
    await session.leave();
    const [found] = await findSessions(docker, [session.dockerfile]);
    if (found === undefined) return expect.unreachable();
    return resumeSession(docker, found);
}

beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'livepush-state-'));
    setStateFolder(state);
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    const text = 'FROM busybox\nARG TOKEN\nRUN echo 1 > /one\nCOPY a /a\nCMD ["sleep", "1000"]\n';
    await writeFile(join(folder, 'Dockerfile'), text);
    await writeFile(join(folder, 'a'), 'a');
    session = await start();
});

afterEach(async () => {
    for (const object of kept.splice(0)) await object.remove({ force: true });
});

afterAll(async () => {
    await session.close({ removeContainer: true });
    await rm(folder, { recursive: true });
    await rm(state, { recursive: true });
});

test('a container that a user runs from an image of a session outlives everything', async () => {
    const theirs = await run(session.image);
    session = await resumed();
    expect(await isThere(theirs)).toBe(true);
    await cleanUp(docker);
    expect(await isThere(theirs)).toBe(true);
    await session.close({ removeContainer: true });
    await cleanUp(docker);
    expect(await isThere(theirs)).toBe(true);
    session = await start();
    expect(await isThere(theirs)).toBe(true);
});

test('an image made from one of a session, and one that a user tagged, outlive everything', async () => {
    const tag = `livepush-test-${session.id}`;
    await docker.getImage(session.image).tag({ repo: tag });
    kept.push(docker.getImage(`${tag}:latest`));
    const dockerfile = join(folder, 'from');
    await writeFile(dockerfile, `FROM ${tag}\nRUN echo 2 > /two\n`);
    const theirs = await build({ label: 'ownership', context: folder, dockerfile });
    kept.unshift(docker.getImage(theirs));
    const container = await run(theirs);
    session = await resumed();
    await session.close({ removeContainer: true });
    await cleanUp(docker);
    expect(await isThere(container)).toBe(true);
    await docker.getImage(theirs).inspect();
    await docker.getImage(`${tag}:latest`).inspect();
    session = await start();
});

test('labels of an image name no session, no Dockerfile and no context', async () => {
    const labels = {
        'livepush.session': session.id,
        'livepush.live': 'true',
        'livepush.dockerfile': session.dockerfile,
        'livepush.context': '/etc',
        'livepush.settings': '{"buildArgs":{"TOKEN":"x"}}',
        'livepush.helper': '1',
    };
    const theirs = await run('busybox', labels);
    const volume = `livepush-test-${session.id}`;
    await docker.createVolume({ Name: volume, Labels: labels });
    kept.push(docker.getVolume(volume));
    await session.leave();
    const found = await findSessions(docker, [session.dockerfile]);
    expect(found.map(({ containerId }) => containerId)).toEqual([session.containerId]);
    const [own] = found;
    if (own === undefined) return expect.unreachable();
    const forged = { ...own, containerId: theirs, context: '/etc' };
    await expect(resumeSession(docker, forged)).rejects.toMatchObject({ code: 'container-gone' });
    session = await resumeSession(docker, own);
    await cleanUp(docker);
    expect(await isThere(theirs)).toBe(true);
    await docker.getVolume(volume).inspect();
});

test('build arguments and environment are in no label', async () => {
    const { Config: config, Image: image } = await docker
        .getContainer(session.containerId)
        .inspect();
    const { Config: built } = await docker.getImage(image).inspect();
    for (const labels of [config.Labels, built.Labels]) {
        expect(JSON.stringify(labels)).not.toContain('secret');
    }
    // `livepush.image` only makes the image's id unique.
    expect(Object.keys(built.Labels)).toContain('livepush.image');
    expect(Object.keys(built.Labels)).not.toContain('livepush.session');
});

test('a container that was left to the user stays', async () => {
    const { containerId } = session;
    await session.close();
    expect(await findSessions(docker, [session.dockerfile])).toEqual([]);
    await cleanUp(docker);
    expect(await isThere(containerId)).toBe(true);
    kept.push(docker.getContainer(containerId));
    session = await start();
});

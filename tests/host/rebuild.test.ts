import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveSession } from '../../extension/host/api.js';
import { connect, findSessions, startSession } from '../../extension/host/engine.js';
import { isHeld } from '../../extension/host/session/lock.js';
import { sessionIds } from '../../extension/host/session/record.js';

const docker = await connect();
const name = `livepush-test-${String(process.pid)}`;
let folder: string;
let session: LiveSession;

const save = (text: string): Promise<void> => writeFile(join(folder, 'Dockerfile'), text);
/** With the application as the first process, a command that is missing fails the start. */
const options = () => ({
    docker,
    dockerfile: join(folder, 'Dockerfile'),
    context: folder,
    restartContainer: true,
});

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    await writeFile(join(folder, 'a'), 'a');
    await save('FROM busybox\nCOPY a /a\nEXPOSE 80\nCMD ["sleep", "1000"]\n');
    session = await startSession({ ...options(), name });
});

afterAll(async () => {
    await session.close({ removeContainer: true });
    await rm(folder, { recursive: true });
});

test('a container has the name that was asked for, and keeps it over a rebuild', async () => {
    expect(session.containerName).toBe(name);
    const before = session.containerId;
    await session.rebuild();
    expect(session.containerId).not.toBe(before);
    expect(session.containerName).toBe(name);
    await expect(docker.getContainer(before).inspect()).rejects.toThrow('no such container');
});

test('the old container runs on where the new one cannot start', async () => {
    const before = session.containerId;
    await save('FROM busybox\nCOPY a /a\nEXPOSE 80\nCMD ["/missing"]\n');
    await expect(session.rebuild()).rejects.toThrow('/missing');
    expect(session).toMatchObject({ containerId: before, state: 'live' });
    expect((await docker.getContainer(before).inspect()).State.Running).toBe(true);
    await writeFile(join(folder, 'a'), 'b');
    expect(await session.push()).toMatchObject({ outcome: 'done', written: 1 });
});

test('a container that was removed and whose name is taken is replaced under another', async () => {
    await save('FROM busybox\nCOPY a /a\nEXPOSE 80\nCMD ["sleep", "1000"]\n');
    await docker.getContainer(session.containerId).remove({ force: true });
    const theirs = await docker.createContainer({ Image: 'busybox', Cmd: ['true'], name });
    const notices: string[] = [];
    session.on('notice', (text) => notices.push(text));
    try {
        await session.rebuild();
        expect(session.state).toBe('live');
        expect(session.containerName).not.toBe(name);
        expect(notices.join()).toContain(name);
        expect((await session.push()).error).toBeNull();
    } finally {
        await theirs.remove();
    }
});

test('a start that fails leaves no lock, no record and no container', async () => {
    const before = await sessionIds();
    await save('FROM busybox\nRUN exit 3\n');
    await expect(startSession(options())).rejects.toMatchObject({ code: 'build-failed' });
    await save('FROM busybox\nCMD ["/missing"]\n');
    await expect(startSession(options())).rejects.toThrow('/missing');
    const left = (await sessionIds()).filter((id) => !before.includes(id));
    // Other tests start sessions at the same time; what is left of these is held by nobody.
    for (const id of left) expect(await isHeld(id)).toBe(true);
    expect(await findSessions(docker, [options().dockerfile])).toEqual([]);
});

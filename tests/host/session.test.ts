import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LivepushErrorShape, LiveSession, SessionState } from '../../extension/host/api.js';
import { connect, resumeSession } from '../../extension/host/engine.js';
import { sessionFolder } from '../../extension/host/common/stateFolder.js';
import { createContainer, ledgerOf } from '../../extension/host/docker/objects.js';
import { findSessions } from '../../extension/host/session/discovery.js';
import { Session } from '../../extension/host/session/session.js';
import { askUntil } from '../../scripts/lib/ask.mjs';

const DOCKERFILE = `FROM busybox AS page
COPY title /title
RUN (echo "<h1>$(cat /title)</h1>") > /index.html

FROM busybox
WORKDIR /srv
EXPOSE 8000
COPY --from=page /index.html public/
COPY package ./
RUN cp package installed
#dev-cmd-live=httpd -f -p 8000 -h /srv/public
COPY public public
`;

const docker = await connect();
let folder: string;
let session: LiveSession;
const states: SessionState[] = [];

async function save(path: string, text: string): Promise<void> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
}

async function get(path: string): Promise<string> {
    const address = session.addresses.get('8000/tcp') ?? '';
    return askUntil(`http://${address}/${path}`, () => true);
}

async function containersOf({ id }: LiveSession): Promise<string[]> {
    const filters = JSON.stringify({ label: [`livepush.session=${id}`] });
    return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
}

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    await save('Dockerfile', DOCKERFILE);
    await save('title', 'one');
    await save('package', 'p1');
    await save('public/a.txt', 'a1');
    session = await Session.start({
        docker,
        dockerfile: join(folder, 'Dockerfile'),
        context: folder,
    });
    session.on('state', (state) => states.push(state));
});

afterAll(async () => {
    await session.close({ removeContainer: true });
    await rm(folder, { recursive: true });
});

describe('a session', () => {
    test('serves what was built at the address that it names', async () => {
        expect(session.state).toBe('live');
        expect(await get('a.txt')).toBe('a1');
        expect(await get('index.html')).toBe('<h1>one</h1>\n');
    });

    test('carries a saved file over without a restart', async () => {
        await save('public/a.txt', 'a2');
        states.length = 0;
        const result = await session.push({ updated: ['public/a.txt'], deleted: [] });
        expect(result).toMatchObject({ outcome: 'done', restarted: false, written: 1 });
        expect(states).toEqual(['pushing', 'live']);
        expect(await get('a.txt')).toBe('a2');
    });

    test('carries a large file over, and replaces it, beside small ones', async () => {
        for (const round of ['one', 'two', 'three']) {
            await save('public/large', round.repeat(1_000_000));
            await save('public/b.txt', round);
            const updated = ['public/large', 'public/b.txt'];
            const result = await session.push({ updated, deleted: [] });
            expect(result).toMatchObject({ outcome: 'done', restarted: false, written: 2 });
            expect(await get('large')).toBe(round.repeat(1_000_000));
            expect(await get('b.txt')).toBe(round);
        }
        // The same again is sent for nothing; nothing of it stays.
        await save('public/large', 'three'.repeat(1_000_000));
        const again = await session.push({ updated: ['public/large'], deleted: [] });
        expect(again).toMatchObject({ outcome: 'nothing', restarted: false });
        await save('public/large', 'shrunk');
        const { outcome } = await session.push({ updated: ['public/large'], deleted: [] });
        expect(outcome).toBe('done');
        expect(await get('large')).toBe('shrunk');
        expect(await session.verify()).toEqual([]);
    });

    test('builds an earlier stage again and takes only what it needs of it', async () => {
        await save('title', 'two');
        const result = await session.push({ updated: ['title'], deleted: [] });
        expect(result.outcome).toBe('done');
        expect(result.restarted).toBe(true);
        expect(await get('index.html')).toBe('<h1>two</h1>\n');
    });

    test('has nothing to do for a save that changes nothing', async () => {
        await save('title', 'two');
        expect(await session.push({ updated: ['title'], deleted: [] })).toMatchObject({
            outcome: 'nothing',
            restarted: false,
        });
    });

    test('says what saving a file would do, and does not do it', async () => {
        const { actions, restarts } = await session.explain('package');
        expect(actions.map(({ kind }) => kind)).toContain('exec');
        expect(restarts).toBe(true);
        expect((await session.plan()).actions).toEqual([]);
    });

    test('finds no difference from a fresh build', async () => {
        expect(await session.verify()).toEqual([]);
    });

    test('refuses a path outside the context', async () => {
        const { error } = await session.push({ updated: ['../secret'], deleted: [] });
        expect(error?.code).toBe('outside-context');
    });

    test('finds what was changed in the container behind its back', async () => {
        const exec = await docker.getContainer(session.containerId).exec({
            Cmd: ['sh', '-c', 'echo changed > /srv/package'],
            AttachStdout: true,
        });
        const output = await exec.start({});
        await text(output);
        expect(await session.verify()).toMatchObject([{ path: '/srv/package', kind: 'content' }]);
        await save('package', 'p2');
        expect((await session.push({ updated: ['package'], deleted: [] })).outcome).toBe('done');
        expect(await session.verify()).toEqual([]);
    });

    test('keeps the old container when a rebuild fails, and replaces it when one does not', async () => {
        await save('Dockerfile', DOCKERFILE.replace('RUN cp package installed', 'RUN false'));
        const failed: LivepushErrorShape = await session.rebuild().then(
            () => expect.unreachable(),
            (error: unknown) => error as LivepushErrorShape,
        );
        expect(failed).toMatchObject({ code: 'build-failed', lines: [10, 10] });
        expect(await get('a.txt')).toBe('a2');
        await save('Dockerfile', DOCKERFILE.replace('/index.html public/', '/index.html public/i'));
        const before = session.containerId;
        await session.rebuild();
        expect(session.containerId).not.toBe(before);
        expect(await get('i')).toBe('<h1>two</h1>\n');
    });

    test('is found when its process is gone, and taken up with what changed since', async () => {
        const dockerfile = join(folder, 'Dockerfile');
        expect(await findSessions(docker, [dockerfile])).toEqual([]);
        await session.leave();
        await save('public/a.txt', 'a3');
        const [found] = await findSessions(docker, [dockerfile]);
        if (found === undefined) return expect.unreachable();
        expect(found).toMatchObject({ id: session.id, running: true, context: folder });
        session = await resumeSession(docker, found);
        expect(await get('a.txt')).toBe('a3');
        expect(await session.verify()).toEqual([]);
    });

    test('can be found again where taking it up fails', async () => {
        await session.leave();
        const [found] = await findSessions(docker, [session.dockerfile]);
        if (found === undefined) return expect.unreachable();
        await save('Dockerfile', 'FROM');
        await expect(resumeSession(docker, found)).rejects.toMatchObject({ code: 'build-failed' });
        expect(await containersOf(session)).toEqual([session.containerId]);
        expect(await findSessions(docker, [session.dockerfile])).toEqual([found]);
        await save('Dockerfile', DOCKERFILE);
        session = await resumeSession(docker, found);
        expect(await session.verify()).toEqual([]);
    });

    test('leaves only its live container for the process that takes it up', async () => {
        await save('title', 'three');
        await session.push({ updated: ['title'], deleted: [] });
        await session.leave();
        expect(await containersOf(session)).toEqual([session.containerId]);
        const [found] = await findSessions(docker, [session.dockerfile]);
        if (found === undefined) return expect.unreachable();
        session = await resumeSession(docker, found);
        expect(await session.verify()).toEqual([]);
    });

    test('has no container of a process before it that was killed', async () => {
        const left = await createContainer(docker, session.id, 'Test', { Image: 'busybox' });
        await session.leave();
        // One that does not run either is taken up with its image.
        const { Image: image } = await docker.getContainer(session.containerId).inspect();
        await docker.getContainer(session.containerId).stop({ t: 0 });
        const [found] = await findSessions(docker, [session.dockerfile]);
        if (found === undefined) return expect.unreachable();
        session = await resumeSession(docker, found);
        expect(await containersOf(session)).not.toContain(left.id);
        await docker.getImage(image).inspect();
    });

    test('leaves nothing behind', async () => {
        const { entries } = ledgerOf(session.id);
        expect(entries.map(({ kind }) => kind)).toContain('image');
        await session.close({ removeContainer: true });
        for (const { kind, key, id } of entries) {
            const inspected: Promise<unknown> =
                kind === 'container'
                    ? docker.getContainer(id ?? key).inspect()
                    : kind === 'image'
                      ? docker.getImage(key).inspect()
                      : docker.getVolume(key).inspect();
            await expect(inspected, `${kind} ${key}`).rejects.toMatchObject({ statusCode: 404 });
        }
        await expect(access(await sessionFolder(session.id))).rejects.toThrow('ENOENT');
    });
});

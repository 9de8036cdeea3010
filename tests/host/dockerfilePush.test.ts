/** A saved Dockerfile is pushed like any other file. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { LiveSession, PushResult } from '../../extension/host/api.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);

interface Subject {
    readonly folder: string;
    readonly session: LiveSession;
    readonly save: (path: string, text: string) => Promise<PushResult>;
    /** Output of a command in the live container. */
    readonly inside: (...command: string[]) => Promise<string>;
}

async function subject(
    files: Readonly<Record<string, string>>,
    options: { readonly restartContainer?: boolean } = {},
): Promise<Subject> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
    const dockerfile = join(folder, 'Dockerfile');
    const session = await Session.start({ docker, dockerfile, context: folder, ...options });
    onTestFinished(() => session.close({ removeContainer: true }));
    const save = async (path: string, text: string): Promise<PushResult> => {
        await writeFile(join(folder, path), text);
        return session.push({ updated: [path], deleted: [] });
    };
    const inside = async (...command: string[]): Promise<string> => {
        const args = ['exec', session.containerId, ...command];
        return (await run('/usr/bin/docker', args)).stdout;
    };
    return { folder, session, save, inside };
}

const END = 'EXPOSE 8000\nCMD ["sleep", "100000"]\n';

test('an edit that changes files alone is brought into the container in place', async () => {
    const { session, save, inside } = await subject({
        Dockerfile: `FROM busybox\nCOPY a /src/\nCOPY b /src/\nRUN echo one > /made\n${END}`,
        a: 'a1',
        b: 'b1',
    });
    const { containerId } = session;
    await save('a', 'a2');
    const changed = `FROM busybox\nCOPY b /src/\nRUN echo two > /made\n${END}`;
    const result = await save('Dockerfile', changed);
    expect(result).toMatchObject({ outcome: 'done', restarted: true, error: null });
    expect(session.containerId).toBe(containerId);
    expect(session.state).toBe('live');
    expect(await inside('cat', '/made')).toBe('two\n');
    expect(await session.verify()).toEqual([]);
    expect(await save('b', 'b2')).toMatchObject({ outcome: 'done', error: null });
    expect(await inside('cat', '/src/b')).toBe('b2');
    expect(await session.verify()).toEqual([]);
});

test('what pushes have put there goes with the step that put it', async () => {
    const { session, folder, save } = await subject({
        Dockerfile: `FROM busybox\nCOPY . /src/\n${END}`,
        '.dockerignore': 'Dockerfile\n',
    });
    await save('new', '1');
    await save('Dockerfile', `FROM busybox\nRUN mkdir -p /made && touch /made/x\n${END}`);
    expect(await session.verify()).toEqual([]);
    await writeFile(join(folder, 'new'), '2');
    await save('Dockerfile', `FROM busybox\nCOPY new /made/\nRUN cp /made/new /made/y\n${END}`);
    expect(await session.verify()).toEqual([]);
});

test.each([
    ['ENV', 'ENV WHO=me\n', ['sh', '-c', 'echo $WHO'], 'me\n'],
    ['USER', 'USER 1000\n', ['id', '-u'], '1000\n'],
    ['WORKDIR', 'WORKDIR /work\n', ['pwd'], '/work\n'],
])('an edit of %s gives a new container the name and the port of the old one', async (...given) => {
    const [, line, command, wanted] = given;
    const { session, save, inside } = await subject({
        Dockerfile: `FROM busybox\nCOPY a /a\n${END}`,
        a: '1',
    });
    const { containerId, containerName } = session;
    const addresses = [...session.addresses];
    await save('a', '2');
    const result = await save('Dockerfile', `FROM busybox\nCOPY a /a\n${line}${END}`);
    expect(result).toMatchObject({ outcome: 'done', restarted: true, error: null });
    expect(session.state).toBe('live');
    expect(session.containerId).not.toBe(containerId);
    expect(session.containerName).toBe(containerName);
    expect([...session.addresses]).toEqual(addresses);
    await expect(docker.getContainer(containerId).inspect()).rejects.toMatchObject({
        statusCode: 404,
    });
    expect(await inside(...command)).toBe(wanted);
    expect(await inside('cat', '/a')).toBe('2');
    expect(await session.verify()).toEqual([]);
});

test('one that does not build leaves the container alone, and heals with the save that mends it', async () => {
    const { session, save, inside } = await subject({
        Dockerfile: `FROM busybox\nCOPY a /a\n${END}`,
        a: '1',
    });
    const { containerId } = session;
    const broken = await save(
        'Dockerfile',
        `FROM busybox\nCOPY a /a\nRUN test "$(cat /a)" = 2\n${END}`,
    );
    expect(broken).toMatchObject({ outcome: 'failed', restarted: false });
    expect(broken.error).toMatchObject({ code: 'build-failed', lines: [3, 3] });
    expect(session).toMatchObject({ containerId, state: 'pending' });
    expect(await inside('cat', '/a')).toBe('1');
    expect(await save('a', '2')).toMatchObject({ outcome: 'done', error: null });
    expect(session).toMatchObject({ containerId, state: 'live' });
    expect(await session.verify()).toEqual([]);
});

test('a container that does not start leaves the old one running', async () => {
    const { session, save, inside } = await subject(
        { Dockerfile: `FROM busybox\nCOPY a /a\n${END}`, a: '1' },
        { restartContainer: true },
    );
    const { containerId } = session;
    const result = await save('Dockerfile', 'FROM busybox\nCOPY a /a\nCMD ["/not/there"]\n');
    expect(result.outcome).toBe('failed');
    expect(session.containerId).toBe(containerId);
    expect(await inside('cat', '/a')).toBe('1');
});

/** An engine of another machine, through the system’s ssh: here to this machine. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect, connectionOf, disconnect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';
import { HOSTS, type SshServer, startSshServer } from './support/sshServer.js';

const run = promisify(execFile);

const hasServer = existsSync('/usr/sbin/sshd');

let server: SshServer;

beforeAll(async () => {
    if (!hasServer) return;
    server = await startSshServer();
});

afterAll(async () => {
    if (hasServer) await server.stop();
    vi.unstubAllEnvs();
});

/** The ssh processes that this one has started and that still run. */
async function connections(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const id of await readdir('/proc')) {
        if (!/^\d+$/u.test(id)) continue;
        const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
        const [, name, , parent] = /^\d+ \((.*)\) (\S) (\d+)/u.exec(stat) ?? [];
        if (name === 'ssh' && Number(parent) === process.pid) found.push(id);
    }
    return found;
}

describe.runIf(hasServer)('a session over ssh', () => {
    test('starts, pushes, is verified and closed, and leaves no process behind', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
        onTestFinished(() => rm(folder, { recursive: true }));
        const dockerfile = join(folder, 'Dockerfile');
        await writeFile(
            dockerfile,
            'FROM busybox\nEXPOSE 80\nCOPY input /\nRUN cat input > made\n#dev-cmd-live=sleep 100000\nCOPY page /\n',
        );
        await writeFile(join(folder, 'input'), 'one');
        await writeFile(join(folder, 'page'), 'one');
        const docker = await connect({ host: `ssh://${HOSTS.box}` });
        expect(connectionOf(docker)).toMatchObject({ address: 'ssh://box', host: 'box' });
        const session = await Session.start({ docker, dockerfile, context: folder });
        // Named as it is reached from here, and on an address of that machine that can be.
        expect(session.addresses.get('80/tcp')).toMatch(/^box:\d+$/u);
        await writeFile(join(folder, 'page'), 'two');
        expect(await session.push()).toMatchObject({ outcome: 'done', written: 1 });
        await writeFile(join(folder, 'input'), 'two');
        expect(await session.push()).toMatchObject({ outcome: 'done' });
        const { stdout } = await run('docker', ['exec', session.containerId, 'cat', '/made']);
        expect(stdout).toBe('two');
        expect(await session.verify()).toEqual([]);
        await session.close({ removeContainer: true });
        expect((await connections()).length).toBeGreaterThan(0);
        disconnect(docker);
        await vi.waitUntil(async () => (await connections()).length === 0, 20_000);
    });

    test('has connections ready before they are needed', async () => {
        const docker = await connect({ host: `ssh://${HOSTS.box}` });
        // One that was used, and those that wait.
        await vi.waitUntil(async () => (await connections()).length === 3, 20_000);
        const before = await connections();
        await Promise.all([docker.ping(), docker.ping()]);
        expect(await connections()).toEqual(expect.arrayContaining([...before]));
        disconnect(docker);
        await vi.waitUntil(async () => (await connections()).length === 0, 20_000);
        // And what was closed is opened again where it is needed.
        expect(String(await docker.ping())).toBe('OK');
        disconnect(docker);
    });

    test('goes to the socket that the address names', async () => {
        await expect(
            connect({ host: `ssh://${HOSTS.box}/no where/it's.sock` }),
        ).rejects.toMatchObject({
            code: 'daemon-unreachable',
            message: expect.stringMatching(
                /Docker does not run on box.*no where\/it's\.sock/,
            ) as string,
        });
        const docker = await connect({ host: `ssh://${HOSTS.box}/var/run/docker.sock` });
        disconnect(docker);
    });
});

describe.runIf(hasServer)('what keeps an engine from being reached over ssh', () => {
    test.each([
        [HOSTS.changed, /does not trust the host key of changed-box/, /`ssh changed-box` once/],
        [HOSTS.locked, /locked-box refuses the ssh login/, /ssh-add/],
        [HOSTS.down, /down-box does not answer to ssh/, /Check that `ssh down-box`/],
        ['nobody@box', /nobody@box refuses the ssh login/, /ssh-add/],
    ])('%s', async (host, message, remedy) => {
        await expect(connect({ host: `ssh://${host}` })).rejects.toMatchObject({
            code: 'daemon-unreachable',
            message: expect.stringMatching(message) as string,
            remedy: expect.stringMatching(remedy) as string,
        });
    });

    test('no docker command there', async () => {
        const bare = await startSshServer('/nowhere');
        onTestFinished(() => bare.stop());
        await expect(connect({ host: `ssh://${HOSTS.box}` })).rejects.toMatchObject({
            message: expect.stringMatching(/no docker command on box/) as string,
            remedy: expect.stringMatching(/Install the Docker command line there/) as string,
        });
    });

    test('no ssh command here', async () => {
        vi.stubEnv('PATH', '/nowhere');
        await expect(connect({ host: `ssh://${HOSTS.box}` })).rejects.toMatchObject({
            code: 'connection-invalid',
            message: 'The ssh command cannot be started',
        });
    });
});

/** The connections to the daemon: what they cost, and what comes after they are cut off. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as open, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type Docker from 'dockerode';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();

test('the client spends no time on writing our connections out', async () => {
    await Promise.all([docker.ping(), docker.ping(), docker.ping()]);
    const { agent } = docker.modem as unknown as { agent: object };
    expect(inspect(agent, { showHidden: true, depth: null }).length).toBeLessThan(40);
});

test('an application is followed again after the daemon broke off, from the next push on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    const dockerfile = join(folder, 'Dockerfile');
    await writeFile(dockerfile, 'FROM busybox\n#dev-cmd-live=sleep 100000\nCOPY page /page\n');
    await writeFile(join(folder, 'page'), 'one');
    const way = await wayToDocker(folder);
    const session = await Session.start({ docker: way.docker, dockerfile, context: folder });
    onTestFinished(async () => {
        await session.close({ removeContainer: true });
        await rm(folder, { recursive: true });
    });
    way.cut();
    await writeFile(join(folder, 'page'), 'two');
    await vi.waitUntil(async () => (await session.push()).outcome === 'done', 20_000);
    await docker.getContainer(session.containerId).kill();
    await vi.waitUntil(() => session.state === 'down', 20_000);
    expect(session.state).toBe('down');
});

const DOCKER_SOCKET = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').slice(7);

test('an application that ended while the connection was broken is known to be down', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    const dockerfile = join(folder, 'Dockerfile');
    await writeFile(dockerfile, 'FROM busybox\nCMD ["sleep", "100000"]\nCOPY page /page\n');
    await writeFile(join(folder, 'page'), 'one');
    const way = await wayToDocker(folder);
    const session = await Session.start({ docker: way.docker, dockerfile, context: folder });
    onTestFinished(async () => {
        await session.close({ removeContainer: true });
        await rm(folder, { recursive: true });
    });
    way.cut();
    await docker.getContainer(session.containerId).kill();
    // No push and no question: it is found out as soon as the engine answers again.
    await vi.waitUntil(() => session.state === 'down', 20_000);
    expect(session.state).toBe('down');
});

/** A socket beside Docker's own, whose connections can be cut off. */
async function wayToDocker(folder: string): Promise<{ docker: Docker; cut(): void }> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
        const far = open(DOCKER_SOCKET);
        for (const [one, other] of [
            [near, far],
            [far, near],
        ] as const) {
            sockets.add(one);
            one.pipe(other);
            one.on('error', () => undefined);
            one.on('close', () => {
                sockets.delete(one);
                other.destroy();
            });
        }
    }).listen(join(folder, '.docker.sock'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return {
        docker: await connect(`unix://${join(folder, '.docker.sock')}`),
        cut() {
            for (const socket of sockets) socket.destroy();
        },
    };
}

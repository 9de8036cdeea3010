/** A project whose base image is in a registry that asks who one is. */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';
import { askUntil } from '../../scripts/lib/ask.mjs';
import { unpacked } from '../../scripts/lib/unpacked.mjs';

const docker = await connect();
const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';
/** The password `pa:ss` as htpasswd keeps it. */
const HTPASSWD = 'user:$2b$05$abcdefghijklmnopqrstuuZImxV28ixwKVAA3Ib6WvqJ3jaF2SHwO\n';
const BEFORE = { config: process.env['DOCKER_CONFIG'], path: process.env['PATH'] };

let folder: string;
let host: string;
let registry: ReturnType<typeof spawn>;

async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    return port;
}

/** Lets the docker command line, and so the session, have this config. */
async function configure(config: object): Promise<void> {
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    process.env['DOCKER_CONFIG'] = folder;
}

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    host = `127.0.0.1:${await freePort()}`;
    await writeFile(join(folder, 'htpasswd'), HTPASSWD);
    const settings =
        `version: 0.1\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\n` +
        `http: {addr: "${host}"}\nauth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n`;
    await writeFile(join(folder, 'registry.yml'), settings);
    const program = join(
        await unpacked('bookworm', ['docker-registry']),
        'usr/bin/docker-registry',
    );
    registry = spawn(program, ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
    await askUntil(`http://${host}/v2/`, () => true);
    await configure({ auths: { [host]: { auth: Buffer.from('user:pa:ss').toString('base64') } } });
    await docker.getImage('busybox').tag({ repo: `${host}/base`, tag: 'one' });
    await run(DOCKER, ['push', `${host}/base:one`], {
        env: { ...process.env, DOCKER_CONFIG: folder },
    });
    await run(DOCKER, ['rmi', `${host}/base:one`]);
});

afterEach(async () => {
    await run(DOCKER, ['rmi', '--force', `${host}/base:one`]).catch(() => undefined);
    process.env['PATH'] = BEFORE.path;
});

afterAll(async () => {
    if (BEFORE.config === undefined) delete process.env['DOCKER_CONFIG'];
    else process.env['DOCKER_CONFIG'] = BEFORE.config;
    registry.kill();
    await rm(folder, { recursive: true });
});

async function started(): Promise<{ session: Session; context: string }> {
    const context = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    const text = `FROM ${host}/base:one\nCOPY --from=${host}/base:one /etc/group /g\nCOPY a /a\n`;
    await writeFile(join(context, 'Dockerfile'), `${text}RUN cat /a > /b\nCMD ["sleep", "9999"]\n`);
    await writeFile(join(context, 'a'), 'one');
    const dockerfile = join(context, 'Dockerfile');
    return { session: await Session.start({ docker, dockerfile, context }), context };
}

async function followsASave({ session, context }: Awaited<ReturnType<typeof started>>) {
    try {
        await writeFile(join(context, 'a'), 'two');
        expect(await session.push({ updated: ['a'], deleted: [] })).toMatchObject({ error: null });
        expect(await session.verify()).toEqual([]);
    } finally {
        await session.close({ removeContainer: true });
        await rm(context, { recursive: true });
    }
}

test('is started with what the config holds, and copies from there', async () => {
    await configure({ auths: { [host]: { auth: Buffer.from('user:pa:ss').toString('base64') } } });
    await followsASave(await started());
});

test('is started with what a credential helper gives', async () => {
    const helper = join(folder, 'docker-credential-livepushtest');
    const answer = { ServerURL: host, Username: 'user', Secret: 'pa:ss' };
    await writeFile(helper, `#!/bin/sh\nread server\necho '${JSON.stringify(answer)}'\n`);
    await chmod(helper, 0o755);
    process.env['PATH'] = `${folder}:${BEFORE.path ?? ''}`;
    await configure({ credHelpers: { [host]: 'livepushtest' } });
    await followsASave(await started());
});

test('says that the registry refused access, and how to log in', async () => {
    await configure({});
    await expect(started()).rejects.toMatchObject({
        code: 'registry-failed',
        // Both lines ask for the same image at the same time.
        lines: expect.toBeOneOf([
            [1, 1],
            [2, 2],
        ]) as unknown,
        remedy: expect.stringContaining(`docker login ${host}`) as string,
    });
});

/** Which engine is spoken to: the one that the docker command line speaks to in the same place. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ConnectionSettings } from '../../extension/host/api.js';
import { connect, connectionOf, findEngines, listContexts } from '../../extension/host/engine.js';
import { makeCertificates } from './support/certificates.js';
import { freePort, type SecondDaemon, startSecondDaemon } from './support/secondDaemon.js';

const run = promisify(execFile);

let second: SecondDaemon;
let config: string;
let id: string;

beforeAll(async () => {
    second = await startSecondDaemon();
    id = ((await second.docker.info()) as { ID: string }).ID;
    config = await mkdtemp(join(tmpdir(), 'livepush-config-'));
    vi.stubEnv('DOCKER_CONFIG', config);
    const tls = ['ca', 'cert', 'key'].map((each) => `${each}=${second.certificates}/${each}.pem`);
    await createContext('second', [`host=unix://${second.socket}`]);
    await createContext('with-tls', [`host=tcp://127.0.0.1:${second.tlsPort}`, ...tls]);
    await createContext('unverified', [
        `host=tcp://localhost:${second.tlsPort}`,
        'skip-tls-verify=true',
        ...tls.slice(1),
    ]);
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
    await second.stop();
    await rm(config, { recursive: true });
});

function createContext(name: string, parts: readonly string[]): Promise<unknown> {
    return run('docker', ['context', 'create', name, '--docker', parts.join(',')]);
}

function useEnvironment(variables: Readonly<Record<string, string>>): void {
    for (const name of ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY']) {
        vi.stubEnv(name, variables[name] ?? '');
    }
    for (const [name, value] of Object.entries({ DOCKER_CONFIG: config, ...variables })) {
        vi.stubEnv(name, value);
    }
}

async function idOf(settings: ConnectionSettings = {}): Promise<string> {
    return ((await (await connect(settings)).info()) as { ID: string }).ID;
}

/** What the docker command line finds with the same environment. */
async function idOfCommandLine(...options: readonly string[]): Promise<string> {
    return (await run('docker', [...options, 'info', '--format', '{{.ID}}'])).stdout.trim();
}

describe('the docker command line’s choice is ours', () => {
    test.each([
        ['nothing names an engine', {}],
        ['DOCKER_CONTEXT names a context', { DOCKER_CONTEXT: 'second' }],
        ['DOCKER_CONTEXT names the default one', { DOCKER_CONTEXT: 'default' }],
        ['DOCKER_CONTEXT names one with TLS', { DOCKER_CONTEXT: 'with-tls' }],
        ['DOCKER_CONTEXT names one that is not verified', { DOCKER_CONTEXT: 'unverified' }],
    ])('%s', async (_name, variables) => {
        useEnvironment(variables);
        expect(await idOf()).toBe(await idOfCommandLine());
    });

    test('the current context of its config', async () => {
        useEnvironment({});
        await run('docker', ['context', 'use', 'second']);
        onTestFinished(async () => {
            await run('docker', ['context', 'use', 'default']);
        });
        expect(await idOfCommandLine()).toBe(id);
        expect(await idOf()).toBe(id);
        expect(connectionOf(await connect())).toMatchObject({
            context: 'second',
            source: 'current-context',
            address: `unix://${second.socket}`,
            host: null,
            tls: false,
        });
    });

    test('DOCKER_HOST goes before DOCKER_CONTEXT', async () => {
        useEnvironment({ DOCKER_HOST: `unix://${second.socket}`, DOCKER_CONTEXT: 'with-tls' });
        expect(await idOf()).toBe(id);
        expect(connectionOf(await connect())).toMatchObject({
            context: null,
            source: 'DOCKER_HOST',
        });
    });

    test('DOCKER_HOST with TLS', async () => {
        useEnvironment({
            DOCKER_HOST: `tcp://127.0.0.1:${second.tlsPort}`,
            DOCKER_TLS_VERIFY: '1',
            DOCKER_CERT_PATH: second.certificates,
        });
        expect(await idOfCommandLine()).toBe(id);
        expect(await idOf()).toBe(id);
        expect(connectionOf(await connect())).toMatchObject({ tls: true });
    });

    test('a socket whose path has blanks, percent signs and letters of any kind', async () => {
        const folder = join(config, 'a b%20c é#?');
        await mkdir(folder, { recursive: true });
        await symlink(second.socket, join(folder, 'docker.sock'));
        useEnvironment({ DOCKER_HOST: `unix://${folder}/docker.sock` });
        expect(await idOfCommandLine()).toBe(id);
        expect(await idOf()).toBe(id);
        expect(await idOf({ host: `${folder}/docker.sock` })).toBe(id);
    });
});

describe('settings go before the environment', () => {
    test('an address', async () => {
        useEnvironment({ DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CONTEXT: 'with-tls' });
        expect(await idOf({ host: `unix://${second.socket}` })).toBe(id);
    });

    test('a context', async () => {
        useEnvironment({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
        expect(await idOf({ context: 'with-tls' })).toBe(id);
    });

    test('a folder of certificates', async () => {
        useEnvironment({});
        const host = `127.0.0.1:${second.tlsPort}`;
        expect(await idOf({ host, certPath: second.certificates })).toBe(id);
        expect(await idOf({ host: `https://${host}`, certPath: second.certificates })).toBe(id);
    });

    test('whatever certificates the environment names, a socket needs none', async () => {
        useEnvironment({ DOCKER_HOST: 'tcp://nowhere:2376', DOCKER_CERT_PATH: '/nowhere' });
        expect(await idOf({ host: `unix://${second.socket}` })).toBe(id);
    });
});

test('an engine that nothing names is found, and only one that answers', async () => {
    const runtime = await mkdtemp(join(tmpdir(), 'livepush-runtime-'));
    onTestFinished(() => rm(runtime, { recursive: true }));
    useEnvironment({ XDG_RUNTIME_DIR: runtime });
    const name = 'rootless Docker';
    const found = async (): Promise<boolean> =>
        (await findEngines()).some((engine) => engine.name === name);
    expect(await found()).toBe(false);
    await writeFile(join(runtime, 'docker.sock'), '');
    expect(await found()).toBe(false);
    await rm(join(runtime, 'docker.sock'));
    await symlink(second.socket, join(runtime, 'docker.sock'));
    expect(await findEngines()).toContainEqual({
        name,
        address: `unix://${runtime}/docker.sock`,
    });
    expect((await listContexts()).map((context) => context.name)).toEqual([
        'default',
        'second',
        'unverified',
        'with-tls',
    ]);
});

describe('what cannot be used is told, and no other engine is taken', () => {
    const invalid = (message: RegExp, remedy: RegExp) => ({
        code: 'connection-invalid',
        message: expect.stringMatching(message) as string,
        remedy: expect.stringMatching(remedy) as string,
    });

    test('a context that is not there', async () => {
        useEnvironment({ DOCKER_CONTEXT: 'gone' });
        await expect(connect()).rejects.toMatchObject(
            invalid(
                /no Docker context “gone” \(DOCKER_CONTEXT\)/,
                /default, second, unverified, with-tls/,
            ),
        );
    });

    test('a config that is no JSON', async () => {
        const other = await mkdtemp(join(tmpdir(), 'livepush-config-'));
        onTestFinished(() => rm(other, { recursive: true }));
        await writeFile(join(other, 'config.json'), '{ "currentContext": ');
        useEnvironment({ DOCKER_CONFIG: other });
        await expect(connect()).rejects.toMatchObject(
            invalid(/config\.json cannot be read/, /Correct/),
        );
    });

    test('both an address and a context', async () => {
        await expect(connect({ host: '/x.sock', context: 'second' })).rejects.toMatchObject(
            invalid(/Both/, /one of them/),
        );
    });

    test('an engine of an authority that is not ours', async () => {
        useEnvironment({});
        const other = await mkdtemp(join(tmpdir(), 'livepush-other-'));
        onTestFinished(() => rm(other, { recursive: true }));
        const { client } = await makeCertificates(join(other, 'tls'));
        const host = `tcp://127.0.0.1:${second.tlsPort}`;
        await expect(connect({ host, certPath: client })).rejects.toMatchObject(
            invalid(/authority that is not trusted/, /`ca\.pem` in .*client/),
        );
    });

    test('an engine that refuses our certificate', async () => {
        useEnvironment({});
        const other = await mkdtemp(join(tmpdir(), 'livepush-other-'));
        onTestFinished(() => rm(other, { recursive: true }));
        const { client } = await makeCertificates(join(other, 'tls'));
        await rm(join(client, 'ca.pem'));
        await symlink(join(second.certificates, 'ca.pem'), join(client, 'ca.pem'));
        const host = `tcp://127.0.0.1:${second.tlsPort}`;
        await expect(connect({ host, certPath: client })).rejects.toMatchObject(
            invalid(/refuses the certificate in .*client/, /dockerCertPath/),
        );
    });

    test('an engine that wants a certificate where we have none', async () => {
        useEnvironment({});
        const other = await mkdtemp(join(tmpdir(), 'livepush-other-'));
        onTestFinished(() => rm(other, { recursive: true }));
        await symlink(join(second.certificates, 'ca.pem'), join(other, 'ca.pem'));
        const host = `tcp://127.0.0.1:${second.tlsPort}`;
        await expect(connect({ host, certPath: other })).rejects.toMatchObject(
            invalid(/refuses/, /dockerCertPath/),
        );
    });

    test('TLS that we do not speak', async () => {
        useEnvironment({ DOCKER_HOST: `tcp://127.0.0.1:${second.tlsPort}` });
        await expect(connect()).rejects.toMatchObject(
            invalid(/expects an encrypted connection/, /DOCKER_TLS_VERIFY=1/),
        );
    });

    test('TLS that the other side does not speak', async () => {
        const port = await freePort();
        const plain = createServer().listen(port, '127.0.0.1');
        onTestFinished(() => void plain.close());
        const host = `tcp://127.0.0.1:${port}`;
        await expect(connect({ host, certPath: second.certificates })).rejects.toMatchObject(
            invalid(/does not speak TLS/, /http:\/\//),
        );
    });

    test('certificates that are none', async () => {
        const other = await mkdtemp(join(tmpdir(), 'livepush-other-'));
        onTestFinished(() => rm(other, { recursive: true }));
        const host = `tcp://127.0.0.1:${second.tlsPort}`;
        const asked = (): Promise<unknown> => connect({ host, certPath: other });
        await expect(asked()).rejects.toMatchObject(invalid(/no certificates in/, /ca\.pem/));
        await writeFile(join(other, 'cert.pem'), 'nothing');
        await expect(asked()).rejects.toMatchObject(invalid(/no key\.pem in/, /key\.pem/));
        await writeFile(join(other, 'key.pem'), 'nothing');
        await expect(asked()).rejects.toMatchObject(invalid(/cannot be used/, /belong together/));
    });
});

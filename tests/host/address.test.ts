/** Addresses of engines, by the rules of each platform, and the order in which they are chosen. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../extension/host/api.js';
import {
    type Address,
    engineHost,
    formatAddress,
    parseAddress,
} from '../../extension/host/docker/connect/address.js';
import { chooseEngine } from '../../extension/host/docker/connect/choose.js';
import { configFolder } from '../../extension/host/docker/connect/contexts.js';
import { wellKnownSockets } from '../../extension/host/docker/connect/wellKnown.js';

const home = await mkdtemp(join(tmpdir(), 'livepush-home-'));
afterAll(() => rm(home, { recursive: true }));

const parse = (text: string, platform: NodeJS.Platform = 'linux'): Address =>
    parseAddress(text, { platform, source: 'DOCKER_HOST' });

const socket = (path: string): Address => ({ kind: 'socket', path });
const tcp = (host: string, port: number | null, tls: boolean | null = null): Address => ({
    kind: 'tcp',
    host,
    port,
    tls,
});
const ssh = (fields: Partial<Extract<Address, { kind: 'ssh' }>>): Address => ({
    kind: 'ssh',
    host: 'box',
    user: null,
    port: null,
    socket: null,
    ...fields,
});

describe('an address is', () => {
    test.each<[string, Address]>([
        ['unix:///var/run/docker.sock', socket('/var/run/docker.sock')],
        ['unix://', socket('/var/run/docker.sock')],
        ['unix:///a b%20c/é#?;:@[x].sock', socket('/a b%20c/é#?;:@[x].sock')],
        ['UNIX:///x.sock', socket('/x.sock')],
        ['/run/user/1000/docker.sock', socket('/run/user/1000/docker.sock')],
        ['/tmp/127.0.0.1:2375', socket('/tmp/127.0.0.1:2375')],
        ['  unix:///x.sock\n', socket('/x.sock')],
        ['tcp://127.0.0.1:2375', tcp('127.0.0.1', 2375)],
        ['tcp://box', tcp('box', null)],
        ['tcp://box:2376/', tcp('box', 2376)],
        ['tcp://[::1]:2375', tcp('::1', 2375)],
        ['tcp://[fe80::1%eth0]:2375', tcp('fe80::1%eth0', 2375)],
        ['localhost:2375', tcp('localhost', 2375)],
        ['127.0.0.1:2375', tcp('127.0.0.1', 2375)],
        ['[::1]:2375', tcp('::1', 2375)],
        ['http://box:8080', tcp('box', 8080, false)],
        ['http://box', tcp('box', 80, false)],
        ['https://box', tcp('box', 443, true)],
        ['https://box:2376', tcp('box', 2376, true)],
        ['ssh://box', ssh({})],
        ['ssh://me@box:2222', ssh({ user: 'me', port: 2222 })],
        ['ssh://me@[::1]', ssh({ user: 'me', host: '::1' })],
        ['ssh://box/run/user/1000/docker.sock', ssh({ socket: '/run/user/1000/docker.sock' })],
    ])('%s', (text, address) => {
        expect(parse(text)).toEqual(address);
        // What is shown to a person can be given back.
        expect(parse(formatAddress(address))).toEqual(address);
    });

    test.each<[string, Address]>([
        ['npipe:////./pipe/docker_engine', socket('//./pipe/docker_engine')],
        ['npipe://', socket('//./pipe/docker_engine')],
        ['npipe:////./pipe/dockerDesktopLinuxEngine', socket('//./pipe/dockerDesktopLinuxEngine')],
        ['\\\\.\\pipe\\docker_engine', socket('\\\\.\\pipe\\docker_engine')],
        ['//server/pipe/docker', socket('//server/pipe/docker')],
        ['tcp://localhost:2375', tcp('localhost', 2375)],
    ])('on Windows, %s', (text, address) => {
        expect(parse(text, 'win32')).toEqual(address);
        expect(parse(formatAddress(address), 'win32')).toEqual(address);
    });
});

describe('no address, and what to write, is', () => {
    test.each<[string, RegExp, RegExp]>([
        ['colima', /neither a scheme/, /`livepush\.dockerContext`/],
        ['build.example', /neither a scheme/, /`tcp:\/\/build\.example:2375`/],
        ['docker.sock:', /neither a scheme/, /`unix:\/\//],
        ['C:\\docker.sock', /neither a scheme/, /`unix:\/\//],
        ['unix://docker.sock', /begins with a slash/, /`unix:\/\//],
        ['npipe:////./pipe/docker_engine', /only on Windows/, /`unix:\/\//],
        ['fd://3', /cannot connect through fd/, /`unix:\/\//],
        ['docker://box', /cannot connect through docker/, /`ssh:\/\/user@host`/],
        ['tcp://', /names no host/, /`tcp:\/\//],
        ['tcp://box:0', /no port 0/, /`tcp:\/\//],
        ['tcp://box:65536', /no port 65536/, /`tcp:\/\//],
        ['tcp://box:2375/docker', /path cannot follow/, /`tcp:\/\//],
        ['tcp://me@box:2375', /only for ssh/, /`ssh:\/\//],
        ['tcp://::1:2375', /names no host/, /`tcp:\/\//],
        ['ssh://', /names no host/, /`ssh:\/\//],
        ['ssh://-oProxyCommand=touch', /hyphen/, /`ssh:\/\//],
        ['ssh://-l@box', /hyphen/, /`ssh:\/\//],
    ])('%s', (text, message, remedy) => {
        expect(() => parse(text)).toThrow(
            expect.objectContaining({
                code: 'connection-invalid',
                message: expect.stringMatching(message) as string,
                remedy: expect.stringMatching(remedy) as string,
            }) as Error,
        );
        expect(() => parse(text)).toThrow('(DOCKER_HOST)');
    });

    test.each<[string, RegExp]>([
        ['unix:///var/run/docker.sock', /on Windows/],
        ['/var/run/docker.sock', /on Windows/],
        ['npipe:////./nothing', /does not name a pipe/],
    ])('on Windows, %s', (text, message) => {
        expect(() => parse(text, 'win32')).toThrow(message);
    });

    test('one with a password, which is not shown', () => {
        expect(() => parse('ssh://me:secret@box')).toThrow(/password/);
        expect(() => parse('ssh://me:secret@box')).not.toThrow(/secret/);
    });
});

describe('published ports answer', () => {
    test.each([
        ['unix:///x.sock', null],
        ['tcp://localhost:2375', null],
        ['tcp://127.0.0.7:2375', null],
        ['tcp://[::1]:2375', null],
        ['tcp://10.0.0.7:2375', '10.0.0.7'],
        ['ssh://me@box', 'box'],
    ])('%s: at %s', (text, host) => {
        expect(engineHost(parse(text))).toBe(host);
    });
});

describe('the engine is chosen', () => {
    const choose = async (
        settings: ConnectionSettings,
        env: Readonly<Record<string, string>>,
        platform: NodeJS.Platform = 'linux',
    ): Promise<unknown> => (await chooseEngine(settings, { env, platform, home })).connection;

    const every = { DOCKER_HOST: 'tcp://environment:1', DOCKER_CONTEXT: 'default' };

    test('by the setting first', async () => {
        expect(await choose({ host: 'tcp://setting:1' }, every)).toMatchObject({
            address: 'tcp://setting:1',
            source: 'host-setting',
        });
    });

    test('then by DOCKER_HOST', async () => {
        expect(await choose({}, every)).toMatchObject({
            address: 'tcp://environment:1',
            source: 'DOCKER_HOST',
        });
    });

    test('by DOCKER_HOST too where the default context is named', async () => {
        expect(await choose({ context: 'default' }, every)).toMatchObject({
            address: 'tcp://environment:1',
        });
    });

    test('by nothing: the socket of the platform', async () => {
        expect(await choose({}, { DOCKER_HOST: '' })).toEqual({
            context: null,
            address: 'unix:///var/run/docker.sock',
            source: 'default',
            host: null,
            tls: false,
        });
        expect(await choose({}, {}, 'win32')).toMatchObject({
            address: 'npipe:////./pipe/docker_engine',
        });
        expect(await choose({}, {}, 'darwin')).toMatchObject({
            address: 'unix:///var/run/docker.sock',
        });
    });

    test('with the port that TLS has, where none is named', async () => {
        const tls = { DOCKER_TLS: '1', DOCKER_HOST: 'tcp://box' };
        expect(await choose({}, tls)).toMatchObject({ address: 'tcp://box:2376', tls: true });
        expect(await choose({ host: 'tcp://box' }, {})).toMatchObject({
            address: 'tcp://box:2375',
            tls: false,
        });
    });

    test('http:// is never encrypted, https:// always', async () => {
        expect(await choose({ host: 'http://box' }, { DOCKER_TLS: '1' })).toMatchObject({
            tls: false,
        });
        expect(await choose({ host: 'https://box' }, {})).toMatchObject({ tls: true });
    });
});

describe('Docker’s configuration is in', () => {
    test.each<[NodeJS.Platform, string, Readonly<Record<string, string>>, string]>([
        ['linux', '/home/me', {}, '/home/me/.docker'],
        ['darwin', '/Users/me', { DOCKER_CONFIG: '/else where' }, '/else where'],
        ['win32', 'C:\\Users\\me', {}, 'C:\\Users\\me\\.docker'],
    ])('%s', (platform, place, env, folder) => {
        expect(configFolder({ platform, home: place, env })).toBe(folder);
    });
});

describe('engines that nothing names are looked for', () => {
    const at = (
        platform: NodeJS.Platform,
        env: Readonly<Record<string, string>> = {},
        place = '/home/me',
    ): readonly string[] =>
        wellKnownSockets({ platform, env, home: place }).map(({ address }) => address);

    test('on Linux', () => {
        expect(at('linux', { XDG_RUNTIME_DIR: '/run/user/7' })).toEqual(
            expect.arrayContaining([
                'unix:///var/run/docker.sock',
                'unix:///home/me/.docker/desktop/docker.sock',
                'unix:///home/me/.colima/default/docker.sock',
                'unix:///home/me/.rd/docker.sock',
                'unix:///run/user/7/docker.sock',
                'unix:///run/user/7/podman/podman.sock',
            ]),
        );
        // Without a folder for sockets, none is made up.
        expect(at('linux').some((address) => address.includes('/user/'))).toBe(false);
    });

    test('on macOS', () => {
        expect(at('darwin', {}, '/Users/me')).toEqual(
            expect.arrayContaining([
                'unix:///Users/me/.docker/run/docker.sock',
                'unix:///Users/me/.orbstack/run/docker.sock',
            ]),
        );
    });

    test('on Windows', () => {
        expect(at('win32', {}, 'C:\\Users\\me')).toContain(
            'npipe:////./pipe/dockerDesktopLinuxEngine',
        );
    });

    test('by an address that can be connected to', () => {
        for (const platform of ['linux', 'darwin', 'win32'] as const) {
            for (const address of at(platform)) {
                expect(formatAddress(parse(address, platform))).toBe(address);
            }
        }
    });
});

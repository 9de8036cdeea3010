/** Compose projects: Compose runs them, and their built services follow their files. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { composeFiles } from '../../extension/host/compose/files.js';
import { parseModel } from '../../extension/host/compose/model.js';
import { overrideOf } from '../../extension/host/compose/override.js';
import { ComposeProject } from '../../extension/host/compose/project.js';
import { connect } from '../../extension/host/engine.js';

// Each test starts a project or two, with networks and volumes.
vi.setConfig({ testTimeout: 240_000 });

const docker = await connect();
const run = promisify(execFile);
let projects = 0;

const FILES = {
    'compose.yaml': `
services:
  api:
    build:
      context: .
      dockerfile: api/Dockerfile
      args: { FLAVOUR: '\${FLAVOUR:-plain}' }
    env_file: api.env
    environment: { COLOUR: blue }
    depends_on: [store]
    networks: { back: { aliases: [front-door] } }
    volumes: ['data:/data', './mounted:/app/mounted']
    labels: { team: shop }
    restart: unless-stopped
    stop_grace_period: 1s
    healthcheck: { test: ['CMD', 'true'], interval: 30s }
  worker:
    build: { context: ., dockerfile: api/Dockerfile }
    command: ['sh', '-c', 'echo $$$$ "$$COLOUR"; exec sleep 100000']
    user: '1000'
    stop_grace_period: 1s
    environment: { COLOUR: red }
    networks: [back]
  store:
    image: busybox
    command: sleep 100000
    stop_grace_period: 1s
    networks: [back]
networks: { back: {} }
volumes: { data: {} }
`,
    'api.env': 'FROM_FILE=yes\n',
    'api/Dockerfile': `FROM busybox AS made
ARG FLAVOUR=none
WORKDIR /made
COPY input .
RUN (echo $FLAVOUR; cat input) > out
FROM busybox
WORKDIR /app
COPY --from=made /made/out .
COPY page page
COPY mounted mounted
CMD ["sleep", "100000"]
`,
    input: 'i1\n',
    page: 'p1\n',
    'mounted/file': 'm1\n',
};

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
    }
}

async function project(files: Readonly<Record<string, string>> = FILES) {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'livepush-compose-test-')));
    const name = `livepush-test-${process.pid}-${++projects}`;
    await write(folder, { ...files, '.env': `COMPOSE_PROJECT_NAME=${name}\n` });
    const compose = async (...args: string[]): Promise<string> =>
        (await run('docker', ['compose', ...args], { cwd: folder })).stdout;
    onTestFinished(async () => {
        await compose('down', '--volumes', '--timeout', '0', '--rmi', 'local').catch(() => '');
        await rm(folder, { recursive: true, force: true });
    });
    const start = async (): Promise<ComposeProject> => {
        const started = await ComposeProject.start({ docker, directory: folder });
        onTestFinished(() => started.close('leave'));
        return started;
    };
    const save = (path: string, text: string) => write(folder, { [path]: text });
    return { folder, name, compose, start, save };
}

async function inside(containerId: string, ...command: string[]): Promise<string> {
    return (await run('docker', ['exec', containerId, ...command])).stdout;
}

/** What an application can tell of its container, without what Livepush adds to it. */
async function facts(containerId: string): Promise<unknown> {
    const { Config, HostConfig, Mounts, NetworkSettings } = await docker
        .getContainer(containerId)
        .inspect();
    const labels = Object.entries(Config.Labels).filter(([label]) => {
        return !/config-hash|image|config_files|^livepush\./u.test(label);
    });
    const networks = Object.entries(NetworkSettings.Networks).map(([name, network]) => {
        const { Aliases: aliases } = network as { Aliases?: string[] | null };
        return [name, (aliases ?? []).filter((alias) => !containerId.startsWith(alias)).sort()];
    });
    return {
        env: [...Config.Env].sort(),
        labels: Object.fromEntries(labels),
        user: Config.User,
        workingDir: Config.WorkingDir,
        healthcheck: (Config as { Healthcheck?: unknown }).Healthcheck,
        restart: HostConfig.RestartPolicy,
        ports: HostConfig.PortBindings as unknown,
        mounts: Mounts.filter(({ Destination: at }) => !at.startsWith('/dev/.livepush'))
            .map(({ Type, Name, Source, Destination, RW }) => ({
                Type,
                Source: Name ?? Source,
                Destination,
                RW,
            }))
            .sort((a, b) => (a.Destination < b.Destination ? -1 : 1)),
        networks: Object.fromEntries(networks) as unknown,
        process: await inside(containerId, 'sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'),
    };
}

async function containerOf(compose: (...args: string[]) => Promise<string>, service: string) {
    return (await compose('ps', '--quiet', service)).trim();
}

describe('a Compose project', () => {
    test('runs as Compose runs it, and follows a file that two services share', async () => {
        const { compose, start, save } = await project();
        await compose('up', '--detach', '--quiet-pull');
        const plain = {
            api: await facts(await containerOf(compose, 'api')),
            worker: await facts(await containerOf(compose, 'worker')),
        };
        await compose('down', '--timeout', '0');

        const live = await start();
        expect(live.services).toEqual(['api', 'store', 'worker']);
        expect(live.liveServices.toSorted()).toEqual(['api', 'worker']);
        expect(live.problems).toEqual([]);
        const [api] = live.sessions('api');
        const [worker] = live.sessions('worker');
        for (const [service, session] of [
            ['api', api],
            ['worker', worker],
        ] as const) {
            const now = (await facts(session?.containerId ?? '')) as { process: string };
            const then = plain[service] as { process: string };
            expect({ ...now, process: '' }).toEqual({ ...then, process: '' });
            expect(now.process).toContain('sleep 100000');
        }
        expect(await containerOf(compose, 'api')).toBe(api?.containerId);

        await save('page', 'p2\n');
        await save('input', 'i2\n');
        const results = await live.push({ updated: ['page', 'input'], deleted: [] });
        expect([...results.values()].map(({ outcome }) => outcome)).toEqual(['done', 'done']);
        for (const session of [api, worker]) {
            expect(await inside(session?.containerId ?? '', 'cat', '/app/page')).toBe('p2\n');
        }
        expect(await inside(api?.containerId ?? '', 'cat', '/app/out')).toBe('plain\ni2\n');
        expect(await inside(worker?.containerId ?? '', 'cat', '/app/out')).toBe('none\ni2\n');
        expect(await api?.verify()).toEqual([]);
        expect(await worker?.verify()).toEqual([]);
    });

    test('leaves what a bind mount covers to the mount', async () => {
        const { start, save } = await project();
        const live = await start();
        const [api] = live.sessions('api');
        const notices: string[] = [];
        api?.on('notice', (text) => notices.push(text));
        await save('mounted/file', 'm2\n');
        const results = await live.push({ updated: ['mounted/file'], deleted: [] });
        expect([...results.values()].map(({ error }) => error)).toEqual([null, null]);
        expect(notices).toEqual([expect.stringContaining('/app/mounted')]);
        expect(await inside(api?.containerId ?? '', 'cat', '/app/mounted/file')).toBe('m2\n');
        const [worker] = live.sessions('worker');
        expect(await inside(worker?.containerId ?? '', 'cat', '/app/mounted/file')).toBe('m2\n');
    });

    test('takes up containers that Compose adds, and lets go of those it removes', async () => {
        const { folder, compose, start, save } = await project();
        const live = await start();
        const scale = async (count: number): Promise<void> => {
            const { Labels } = (
                await docker.getContainer(live.sessions('api')[0]?.containerId ?? '').inspect()
            ).Config as unknown as { Labels: Record<string, string> };
            const files = Labels['com.docker.compose.project.config_files'] ?? '';
            const named = files.split(',').flatMap((file) => ['--file', file]);
            const args = ['up', '--detach', '--no-build', '--scale', `worker=${count}`, 'worker'];
            await run('docker', ['compose', ...named, ...args], { cwd: folder });
            await live.settled();
        };
        await scale(3);
        await expect.poll(() => live.sessions('worker').length, { timeout: 30_000 }).toBe(3);
        await save('page', 'p3\n');
        const results = await live.push({ updated: ['page'], deleted: [] });
        expect(results.size).toBe(4);
        for (const { containerId } of live.sessions('worker')) {
            expect(await inside(containerId, 'cat', '/app/page')).toBe('p3\n');
        }
        await scale(1);
        await expect.poll(() => live.sessions('worker').length, { timeout: 30_000 }).toBe(1);
        expect(await containerOf(compose, 'worker')).toBe(live.sessions('worker')[0]?.containerId);
    });

    test('brings up what an edit of the Compose file changes, and leaves the rest', async () => {
        const { start, save } = await project();
        const live = await start();
        const [worker] = live.sessions('worker');
        await save('api.env', 'FROM_FILE=again\n');
        await live.reload();
        const [api] = live.sessions('api');
        expect(await inside(api?.containerId ?? '', 'env')).toContain('FROM_FILE=again\n');
        expect(live.sessions('worker')).toEqual([worker]);
        await save('page', 'p4\n');
        await live.push({ updated: ['page'], deleted: [] });
        expect(await inside(api?.containerId ?? '', 'cat', '/app/page')).toBe('p4\n');
    });

    test('is stopped, or removed with its networks', async () => {
        const { name, compose, start } = await project();
        await (await start()).close('stop');
        expect(await compose('ps', '--quiet')).toBe('');
        expect((await compose('ps', '--all', '--quiet')).trim().split('\n')).toHaveLength(3);
        const again = await start();
        const { Image: image } = await docker
            .getContainer(again.sessions('api')[0]?.containerId ?? '')
            .inspect();
        await again.close('down');
        expect(await compose('ps', '--all', '--quiet')).toBe('');
        const filters = JSON.stringify({ reference: [`${name}-*:livepush`] });
        expect(await docker.listImages({ filters })).toEqual([]);
        await expect(docker.getImage(image).inspect()).rejects.toMatchObject({ statusCode: 404 });
    });

    test('reports at its line what Compose refuses', async () => {
        const { start } = await project({ 'compose.yaml': 'services: { api: { bild: . } }\n' });
        await expect(start()).rejects.toMatchObject({
            code: 'compose-failed',
            message: expect.stringContaining('bild') as string,
        });
    });
});

describe('the files of a Compose project', () => {
    test('are those that COMPOSE_FILE names, else the default one with its override', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'livepush-compose-test-'));
        onTestFinished(() => rm(folder, { recursive: true, force: true }));
        await write(folder, { 'compose.yaml': '', 'compose.override.yml': '' });
        const at = (name: string): string => join(folder, name);
        expect(await composeFiles(folder, {})).toEqual([
            at('compose.yaml'),
            at('compose.override.yml'),
        ]);
        expect(await composeFiles(folder, { COMPOSE_FILE: 'a.yaml:/b.yaml' })).toEqual([
            at('a.yaml'),
            '/b.yaml',
        ]);
        await write(folder, { '.env': 'COMPOSE_FILE=c.yaml\n' });
        expect(await composeFiles(folder, {})).toEqual([at('c.yaml')]);
    });
});

describe('the override', () => {
    const service = (definition: Readonly<Record<string, unknown>>) => {
        const config = { name: 'shop', services: { api: { build: {}, ...definition } } };
        const api = parseModel(config).services.get('api');
        if (api === undefined) throw new Error('no service');
        return api;
    };
    const image = {
        image: 'shop-api:livepush',
        id: 'sha256:0',
        imageEntrypoint: ['/run'],
        imageCommand: ['a'],
    };
    const definition = (definition: Readonly<Record<string, unknown>>) => {
        const text = overrideOf([{ ...image, service: service(definition), helperVolume: 'h' }]);
        return (
            JSON.parse(text) as { services: { api: { entrypoint?: string[]; command?: string[] } } }
        ).services.api;
    };

    test('starts what the file or the image says, with the helper before it', () => {
        const init = ['/dev/.livepush/livepush-helper', 'init', '--'];
        expect(definition({})).toMatchObject({ entrypoint: [...init, '/run'], command: ['a'] });
        expect(definition({ command: ['$b'] })).toMatchObject({
            entrypoint: [...init, '/run'],
            command: ['$$b'],
        });
        expect(definition({ entrypoint: ['c'] })).toMatchObject({
            entrypoint: [...init, 'c'],
            command: [],
        });
    });

    test('leaves the first process alone where the service asks for Docker’s init', () => {
        expect(definition({ init: true })).not.toHaveProperty('entrypoint');
    });
});

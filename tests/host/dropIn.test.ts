import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import Livepush, {
    Container,
    ContainerNotRunningError,
    Dockerfile,
    DockerfileParseError,
    InvalidArgumentError,
} from '../../extension/host/index.js';

const docker = await connect();
const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';
interface Subject {
    readonly folder: string;
    readonly containerId: string;
    readonly livepush: Livepush;
    save(path: string, text: string): Promise<void>;
    read(path: string): Promise<string>;
}

async function subject(text: string, files: Readonly<Record<string, string>>): Promise<Subject> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const save = (path: string, content: string): Promise<void> =>
        writeFile(join(folder, path), content);
    for (const [path, content] of Object.entries(files)) await save(path, content);
    const dockerfile = new Dockerfile(text);
    const live = `${folder}.Dockerfile`;
    await writeFile(live, dockerfile.generateLiveDockerfile());
    onTestFinished(() => rm(live));
    const { stdout: image } = await run(DOCKER, ['build', '-q', '-f', live, folder]);
    onTestFinished(async () => {
        await run(DOCKER, ['rmi', '-f', image.trim()]);
    });
    const { stdout: container } = await run(DOCKER, ['run', '-d', image.trim()]);
    const containerId = container.trim();
    onTestFinished(async () => {
        await run(DOCKER, ['rm', '-f', containerId]);
    });
    const options = { dockerfile, context: folder, containerId, stageImages: [], docker };
    const livepush = await Livepush.init(options);
    onTestFinished(() => livepush.cleanupIntermediateContainers());
    const read = async (path: string): Promise<string> =>
        (await run(DOCKER, ['exec', containerId, 'cat', path])).stdout;
    return { folder, containerId, livepush, save, read };
}

const IDLE = '#dev-cmd-live=sleep 100000\n';

test('a container by itself runs commands, takes files and gives them back', async () => {
    const container = await Container.fromImage('/', docker, 'busybox');
    onTestFinished(() => container.cleanup());
    expect(await container.checkRunning()).toBe(true);
    expect(await container.pathIsDirectory('/etc')).toBe(true);
    expect(await container.pathIsDirectory('/etc/none')).toBe(false);
    container.setBuildArguments({ WHO: 'me' });
    const command = Container.generateContainerCommand('echo $WHO > /who; echo $WHO');
    const { stdout, stderr } = await container.executeCommand(command);
    stderr.resume();
    expect(await text(stdout)).toBe('me\n');
    await container.restartContainer();
    const tar = await container.fetchPathFromContainer('/who');
    await container.addFilesToContainer(Readable.from(tar), '/tmp');
    const same = await container.executeCommand(['cat', '/tmp/who']);
    same.stderr.resume();
    expect(await text(same.stdout)).toBe('me\n');
});

describe('the drop-in class', () => {
    test('wants an image for each stage but the last', async () => {
        const dockerfile = new Dockerfile('FROM a AS x\nFROM b\n');
        expect(dockerfile.stages).toHaveLength(2);
        const options = { dockerfile, context: '/', containerId: 'x', stageImages: [], docker };
        await expect(Livepush.init(options)).rejects.toBeInstanceOf(InvalidArgumentError);
    });

    test('refuses a second live command', () => {
        expect(() => new Dockerfile(`FROM a\n${IDLE}${IDLE}`)).toThrow(DockerfileParseError);
    });

    test('makes the same of a live Dockerfile as of the original', () => {
        const live = new Dockerfile(`FROM a\n${IDLE}RUN x\n`).generateLiveDockerfile();
        expect(new Dockerfile(Buffer.from(live)).generateLiveDockerfile()).toBe(live);
    });

    test('tells a failed command by events, does not reject, and does not restart', async () => {
        const it = await subject(`FROM busybox\nCOPY code /code\nRUN exit $(cat /code)\n${IDLE}`, {
            code: '0',
        });
        const events: unknown[] = [];
        it.livepush.on('commandReturn', (event) => events.push(event));
        it.livepush.on('containerRestart', (event) => events.push(event));
        await it.save('code', '3');
        await it.livepush.performLivepush(['code'], []);
        expect(events).toMatchObject([{ stageIdx: 0, returnCode: 3 }]);
        expect(await it.read('/code')).toBe('0');
        // It is pending: the next push carries it out, whatever that one is for.
        await it.save('code', '0');
        await it.livepush.performLivepush([], []);
        expect(await it.read('/code')).toBe('0');
    });

    test('goes on with what a newer push cancelled', async () => {
        const it = await subject(
            `FROM busybox\nCOPY wait /wait\nRUN sleep $(cat /wait)\n${IDLE}COPY b /b\n`,
            { wait: '0', b: '1' },
        );
        await it.save('wait', '1000');
        const started = new Promise<void>((resolve) =>
            it.livepush.on('commandExecute', () => resolve()),
        );
        let cancelled = 0;
        it.livepush.on('cancel', () => (cancelled += 1));
        const first = it.livepush.performLivepush(['wait'], []);
        await started;
        await it.save('wait', '0.1');
        await it.save('b', '2');
        await it.livepush.performLivepush(['b', 'wait'], []);
        await first;
        expect(cancelled).toBe(1);
        expect(await it.read('/b')).toBe('2');
        expect(await it.read('/wait')).toBe('0.1');
    });

    test('says that a container is not running, and goes on when it is', async () => {
        const it = await subject(`FROM busybox\n${IDLE}COPY a /a\n`, { a: '1' });
        await run(DOCKER, ['kill', it.containerId]);
        await it.save('a', '2');
        await expect(it.livepush.performLivepush(['a'], [])).rejects.toBeInstanceOf(
            ContainerNotRunningError,
        );
        await run(DOCKER, ['start', it.containerId]);
        await it.livepush.performLivepush([], []);
        expect(await it.read('/a')).toBe('2');
    });

    test('answers at once whether paths matter, and takes absolute ones', async () => {
        const it = await subject(`FROM busybox\n${IDLE}COPY a /a\n`, { a: '1' });
        expect(it.livepush.livepushNeeded(['a'], [])).toBe(true);
        expect(it.livepush.livepushNeeded([], [join(it.folder, 'a')])).toBe(true);
        expect(it.livepush.livepushNeeded(['other'], ['../a'])).toBe(false);
    });

    test('gives build arguments to the steps that declare them', async () => {
        const it = await subject(
            `FROM busybox\nARG WHO=nobody\nCOPY a /a\nRUN echo $WHO > /who\n${IDLE}`,
            { a: '1' },
        );
        it.livepush.setBuildArgs({ WHO: 'me' });
        await it.save('a', '2');
        await it.livepush.performLivepush(['a'], []);
        expect(await it.read('/who')).toBe('me\n');
    });

    test('does nothing when there is nothing to cancel', async () => {
        const it = await subject(`FROM busybox\n${IDLE}COPY a /a\n`, { a: '1' });
        await it.livepush.cancel();
        await it.save('a', '2');
        await it.livepush.performLivepush(['a'], []);
        expect(await it.read('/a')).toBe('2');
    });

    test('keeps the mode of a file that only changed that', async () => {
        const it = await subject(`FROM busybox\n${IDLE}COPY a /a\n`, { a: '1' });
        await chmod(join(it.folder, 'a'), 0o750);
        await it.livepush.performLivepush(['a'], []);
        const { stdout } = await run(DOCKER, ['exec', it.containerId, 'stat', '-c', '%a', '/a']);
        expect(stdout).toBe('750\n');
    });
});

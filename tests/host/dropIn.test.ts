import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

async function subject(
    text: string,
    files: Readonly<Record<string, string>>,
    /** Done after the build, before the session looks at the context. */
    meanwhile?: (subject: Omit<Subject, 'livepush'>) => Promise<unknown>,
): Promise<Subject> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const save = async (path: string, content: string): Promise<void> => {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
    };
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
    const read = async (path: string): Promise<string> =>
        (await run(DOCKER, ['exec', containerId, 'cat', path])).stdout;
    await meanwhile?.({ folder, containerId, save, read });
    const options = { dockerfile, context: folder, containerId, stageImages: [], docker };
    const livepush = await Livepush.init(options);
    onTestFinished(() => livepush.cleanupIntermediateContainers());
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

    test.each([
        ['dockerfileContent', (text: string) => ({ dockerfileContent: text })],
        [
            'dockerfileContent in bytes',
            (text: string) => ({ dockerfileContent: Buffer.from(text) }),
        ],
        ['dockerfile', (text: string) => ({ dockerfile: new Dockerfile(text) })],
    ])('takes %s', async (_name, given) => {
        const text = `FROM busybox\n${IDLE}COPY a /a\n`;
        const it = await subject(text, { a: '1' });
        const livepush = await Livepush.init({
            ...given(text),
            context: it.folder,
            containerId: it.containerId,
            stageImages: [],
            docker,
        });
        onTestFinished(() => livepush.cleanupIntermediateContainers());
        await it.save('a', '2');
        await livepush.performLivepush(['a'], []);
        expect(await it.read('/a')).toBe('2');
        expect(livepush.dockerfile.stages.map(({ name }) => name)).toEqual(['0']);
    });

    test('wants a Dockerfile', async () => {
        const options = { context: '/', containerId: 'x', stageImages: [], docker };
        const init = Livepush.init(options as unknown as Parameters<typeof Livepush.init>[0]);
        await expect(init).rejects.toBeInstanceOf(InvalidArgumentError);
    });

    test('names stages as npm livepush does, and says what they depend on', () => {
        const { stages, liveCmd } = new Dockerfile(
            'FROM a AS x\nFROM b\nCOPY --from=x / /\nFROM x\nCOPY --from=1 / /\n' +
                '#dev-cmd-live=npm run watch\nRUN y\n',
        );
        expect(stages.map(({ index, name }) => [index, name])).toEqual([
            [0, 'x'],
            [1, '1'],
            [2, '2'],
        ]);
        expect(stages.map(({ dependentOnStages }) => dependentOnStages)).toEqual([[], [0], [0, 1]]);
        expect(stages.map(({ isLast }) => isLast)).toEqual([false, false, true]);
        expect(liveCmd).toBe('npm run watch');
    });

    test('has errors that need no message and take another error', () => {
        expect(new ContainerNotRunningError()).toBeInstanceOf(Error);
        const reason = new TypeError('reason');
        const error = new InvalidArgumentError(reason);
        expect(error).toMatchObject({ name: 'InvalidArgumentError', message: 'reason' });
    });

    test('refuses to push once its intermediate containers are removed', async () => {
        const it = await subject(`FROM busybox\n${IDLE}COPY a /a\n`, { a: '1' });
        await it.livepush.cleanupIntermediateContainers();
        await it.save('a', '2');
        await expect(it.livepush.performLivepush(['a'], [])).rejects.toBeInstanceOf(
            ContainerNotRunningError,
        );
    });

    test('names commands as they are run, and tells when a push starts and ends', async () => {
        const it = await subject(
            `FROM busybox\nCOPY a /a\nRUN cat /a > /b\nRUN [ -f /a ] && true\n` +
                `RUN ["cp", "/b", "/c d"]\n${IDLE}`,
            { a: '1' },
        );
        const commands: string[] = [];
        const events: unknown[] = [];
        it.livepush.on('commandExecute', ({ command }) => commands.push(command));
        it.livepush.on('commandReturn', ({ command }) => commands.push(command));
        it.livepush.on('livepushStart', (event) => events.push(event));
        it.livepush.on('livepushEnd', (event) => events.push(event));
        await it.save('a', '2');
        await it.livepush.performLivepush(['a'], []);
        const run = ['cat /a > /b', '[ -f /a ] && true', 'cp /b /c d'];
        expect(commands).toEqual(run.flatMap((command) => [command, command]));
        await it.livepush.performLivepush(['a'], []);
        expect(events).toMatchObject([
            { addedOrUpdated: ['a'], deleted: [] },
            { outcome: 'done', restarted: true, error: null },
            { addedOrUpdated: ['a'], deleted: [] },
            { outcome: 'nothing', restarted: false, error: null },
        ]);
    });

    test('tells of the return of a command that was cancelled', async () => {
        const it = await subject(`FROM busybox\nCOPY a /a\nRUN sleep $(cat /a)\n${IDLE}`, {
            a: '0',
        });
        const events: unknown[] = [];
        const started = new Promise<void>((resolve) =>
            it.livepush.on('commandExecute', () => resolve()),
        );
        it.livepush.on('commandReturn', (event) => events.push(event));
        it.livepush.on('livepushEnd', ({ outcome }) => events.push(outcome));
        await it.save('a', '1000');
        const push = it.livepush.performLivepush(['a'], []);
        await started;
        await it.livepush.cancel();
        await push;
        const command = 'sleep $(cat /a)';
        expect(events).toEqual([{ stageIdx: 0, returnCode: 137, command }, 'cancelled']);
    });

    test('leaves paths outside the context out, and pushes the others', async () => {
        const it = await subject(`FROM busybox\n${IDLE}COPY . /src\n`, { a: '1' });
        await it.save('a', '2');
        await it.livepush.performLivepush(['../x', '/etc/hostname', 'a'], ['../../y']);
        expect(await it.read('/src/a')).toBe('2');
        await it.livepush.performLivepush(['/etc/hostname'], []);
    });

    test('starts a container that has ended where a restart is due', async () => {
        const it = await subject('FROM busybox\nCOPY run.sh /\nCMD ["sh", "/run.sh"]\n', {
            'run.sh': 'exec sleep 100000\n',
        });
        await run(DOCKER, ['kill', it.containerId]);
        await it.save('run.sh', 'exec sleep 200000\n');
        await it.livepush.performLivepush(['run.sh'], []);
        expect(await it.read('/run.sh')).toBe('exec sleep 200000\n');
    });
});

describe('what is named is held against the container', () => {
    const changes = [
        [
            'in a file',
            async (it: Omit<Subject, 'livepush'>) => it.save('src/a', 'new'),
            ['src/a'],
            [],
        ],
        [
            'by a file that is gone',
            async (it: Omit<Subject, 'livepush'>) => rm(join(it.folder, 'src/gone')),
            [],
            ['src/gone'],
        ],
        [
            'in a mode',
            async (it: Omit<Subject, 'livepush'>) => chmod(join(it.folder, 'src/a'), 0o700),
            ['src/a'],
            [],
        ],
    ] as const;

    test.each(changes)(
        'where the context changed before the session began %s',
        async (_name, change, updated, deleted) => {
            for (const text of [
                `FROM busybox\n${IDLE}COPY src /src\n`,
                `FROM busybox\nCOPY src /src\nRUN cd /src; stat -c '%A %n' * > /made\nCMD ["sleep", "100000"]\n`,
            ]) {
                const it = await subject(text, { 'src/a': '1', 'src/gone': '1' }, change);
                await it.livepush.performLivepush([...updated], [...deleted]);
                const list = "cd /src; stat -c '%A %n' *";
                const after = await run(DOCKER, ['exec', it.containerId, 'sh', '-c', list]);
                const wanted = updated.length > 0 ? /^-rw(?:-r--r--|x------) a$/mu : /gone/u;
                if (updated.length > 0) expect(after.stdout).toMatch(wanted);
                else expect(after.stdout).not.toMatch(wanted);
                if (text.includes('RUN')) expect(await it.read('/made')).toBe(after.stdout);
                const { stdout: fresh } = await run(DOCKER, [
                    'build',
                    '-q',
                    '-f',
                    `${it.folder}.Dockerfile`,
                    it.folder,
                ]);
                onTestFinished(async () => {
                    await run(DOCKER, ['rmi', '-f', fresh.trim()]);
                });
                const built = await run(DOCKER, [
                    'run',
                    '--rm',
                    fresh.trim(),
                    'sh',
                    '-c',
                    'cd /src; for f in *; do stat -c "%n %a" $f; cat $f; done',
                ]);
                const live = await run(DOCKER, [
                    'exec',
                    it.containerId,
                    'sh',
                    '-c',
                    'cd /src; for f in *; do stat -c "%n %a" $f; cat $f; done',
                ]);
                expect(live.stdout).toBe(built.stdout);
            }
        },
    );

    test('and is not pushed where the container holds it already', async () => {
        const it = await subject('FROM busybox\nCOPY a /a\nCMD ["sleep", "100000"]\n', { a: '1' });
        const outcomes: string[] = [];
        it.livepush.on('livepushEnd', ({ outcome }) => outcomes.push(outcome));
        await it.livepush.performLivepush(['a', 'none'], ['b']);
        expect(outcomes).toEqual(['nothing']);
    });
});

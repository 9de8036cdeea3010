import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { demultiplex } from '../../extension/host/docker/demux.js';
import { Helper } from '../../extension/host/helper/client.js';
import {
    hasInit,
    initVolume,
    removeInitVolumes,
    signalNumber,
    withInit,
} from '../../extension/host/helper/init.js';
import { docker, execOutput, removeContainer, TEST_LABELS } from './containers.js';

let volume: string;
const made: Docker.Container[] = [];

beforeAll(async () => {
    volume = await initVolume(docker, 'busybox', 'amd64', 'test');
});

afterEach(async () => {
    await Promise.all(made.splice(0).map(removeContainer));
});

afterAll(async () => {
    await removeInitVolumes(docker);
});

/** A container whose application is a shell line, with the helper before it or without. */
async function create(line: string, options: Docker.ContainerCreateOptions = {}, init = true) {
    const plain = {
        Image: 'busybox',
        Labels: TEST_LABELS,
        Entrypoint: ['/bin/sh', '-c'],
        Cmd: [line],
        ...options,
    };
    const container = await docker.createContainer(init ? withInit(plain, volume, {}) : plain);
    made.push(container);
    return container;
}

async function start(line: string, options: Docker.ContainerCreateOptions = {}, init = true) {
    const container = await create(line, options, init);
    await container.start();
    return container;
}

const open = (container: Docker.Container) => Helper.open(docker, container.id, { init: true });

/** All that the application has printed, once a condition on it holds. */
async function logs(container: Docker.Container, until: RegExp): Promise<string> {
    const read = async () => {
        const buffer = await container.logs({ stdout: true, stderr: true });
        let text = '';
        await demultiplex(Readable.from([buffer]), (_stream, data) => {
            text += Buffer.from(data).toString();
        });
        return text;
    };
    let text = '';
    await expect.poll(async () => (text = await read()), { timeout: 10_000 }).toMatch(until);
    return text;
}

/** How many processes of a container have this command line. */
async function running(container: Docker.Container, command: string): Promise<number> {
    const lines = (await execOutput(container, 'ps')).split('\n');
    return lines.filter((line) => /^ *\d+ +\S+ +(.*)$/.exec(line)?.[1] === command).length;
}

async function exitCode(container: Docker.Container): Promise<number> {
    return ((await container.wait()) as { StatusCode: number }).StatusCode;
}

describe('restarting the application', () => {
    test('ends it with all its processes, and starts it anew in the same container', async () => {
        const line = 'echo up $$; (setsid sleep 5001 &); sleep 5002';
        const container = await start(line);
        await logs(container, /up \d+\n/);
        const helper = await open(container);
        const { State: before } = await container.inspect();
        const started = performance.now();
        await helper.restart();
        console.log(`restarted the application in ${(performance.now() - started).toFixed(1)} ms`);
        await logs(container, /up \d+\nup \d+\n/);
        const { State: after } = await container.inspect();
        expect([after.Pid, after.StartedAt]).toEqual([before.Pid, before.StartedAt]);
        await expect.poll(() => running(container, 'sleep 5001')).toBe(1);
        await expect.poll(() => running(container, 'sleep 5002')).toBe(1);
        await helper.close();
    });

    test('asks it to stop with its signal first, and waits as long as it may take', async () => {
        const line = 'trap "echo stopping; exit 3" USR1; echo up; while :; do sleep 0.1; done';
        const container = await start(line);
        await logs(container, /up/);
        const helper = await open(container);
        await helper.restart({ stopSignal: 'SIGUSR1', graceMilliseconds: 20_000 });
        expect(await logs(container, /up\n[^]*up\n/)).toBe('up\nstopping\nup\n');
        await helper.close();
    });

    test('kills it where it does not stop in time', async () => {
        const container = await start('trap "echo no" TERM; echo up; while :; do sleep 0.1; done');
        await logs(container, /up/);
        const helper = await open(container);
        await helper.restart({ stopSignal: 'SIGTERM', graceMilliseconds: 300 });
        expect(await logs(container, /up\n[^]*up\n/)).toBe('up\nno\nup\n');
        await helper.close();
    });

    test('starts what a push has put there, in a directory that it has replaced', async () => {
        const container = await start('cat version; sleep 5003', { WorkingDir: '/app' });
        const helper = await open(container);
        const replace = 'rm -r /app; mkdir /app; echo two > /app/version';
        await helper.run({
            argv: ['sh', '-c', replace],
            cwd: '/',
            env: ['PATH=/bin'],
            user: '',
        });
        await helper.restart();
        await logs(container, /two/);
        await helper.close();
    });

    test('works for an application that is not root, and keeps its user and groups', async () => {
        const container = await start('id; sleep 5004', { User: '1234:5678' });
        await logs(container, /uid=1234/);
        const helper = await open(container);
        await helper.restart();
        expect(await logs(container, /(uid=.*\n){2}/)).toBe(
            'uid=1234 gid=5678 groups=5678\nuid=1234 gid=5678 groups=5678\n',
        );
        await helper.close();
    });

    test('works many times, and leaves no process behind', async () => {
        const container = await start('sleep 5005 & sleep 5005; wait');
        const helper = await open(container);
        for (let round = 0; round < 50; round += 1) await helper.restart();
        expect((await execOutput(container, 'ps')).split('\n').length).toBeLessThan(10);
        await helper.close();
    });

    test('says that a container without the helper as its first process cannot do it', async () => {
        const container = await start('sleep 5006', {}, false);
        expect(hasInit(await container.inspect())).toBe(false);
        const helper = await Helper.open(docker, container.id, { architecture: 'amd64' });
        await expect(helper.restart()).rejects.toMatchObject({ code: 'no-init' });
        await helper.close();
    });
});

/** What must be the same with the helper as the first process and without it. */
describe.each([
    ['with the helper', true],
    ['without the helper', false],
])('a container %s', (_name, init) => {
    test.each([0, 3, 137])('ends with the exit code %i of its application', async (code) => {
        expect(await exitCode(await start(`exit ${code}`, {}, init))).toBe(code);
    });

    test('ends with 128 and the signal that killed its application', async () => {
        const options = { Entrypoint: ['/bin/sh', '-c'], StopSignal: 'SIGKILL' };
        const container = await start('sleep 5007', options, init);
        await container.stop({ t: 10 });
        expect(await exitCode(container)).toBe(137);
    });

    test('gives docker stop to an application that catches it', async () => {
        const line = 'trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.1; done';
        const container = await start(line, {}, init);
        await logs(container, /up/);
        await container.stop({ t: 20 });
        expect(await exitCode(container)).toBe(5);
        expect(await logs(container, /bye/)).toBe('up\nbye\n');
    });

    test('lets an application that does not catch it live until it is killed', async () => {
        const container = await start('exec sleep 5008', {}, init);
        await container.stop({ t: 1 });
        expect(await exitCode(container)).toBe(137);
    });

    test('is started again by its restart policy', async () => {
        const line = 'echo run; [ -e /again ] && exit 0; touch /again; exit 1';
        const policy = { HostConfig: { RestartPolicy: { Name: 'on-failure' } } };
        const container = await start(line, policy, init);
        expect(await logs(container, /run\n[^]*run\n/)).toBe('run\nrun\n');
        await expect.poll(async () => (await container.inspect()).State.Status).toBe('exited');
        expect((await container.inspect()).RestartCount).toBe(1);
    });

    test('starts again after it was killed', async () => {
        const container = await start('echo run; exec sleep 5009', {}, init);
        await logs(container, /run/);
        await container.kill();
        await container.start();
        expect(await logs(container, /run\n[^]*run\n/)).toBe('run\nrun\n');
    });

    test('has its healthcheck run as before', async () => {
        const check = {
            Healthcheck: {
                Test: ['CMD-SHELL', 'id -u | grep 77'],
                Interval: 100_000_000,
                Retries: 1,
            },
            User: '77',
        };
        const container = await start('sleep 5010', check, init);
        const health = async () => (await container.inspect()).State.Health?.Status;
        await expect.poll(health, { timeout: 10_000 }).toBe('healthy');
    });

    test('reaps what its application leaves behind', async () => {
        const container = await start(
            '(setsid true &); sleep 1; ps; echo end; exec sleep 5011',
            {},
            init,
        );
        const text = await logs(container, /end/);
        // A shell as the first process reaps as well: neither leaves a zombie.
        expect(text).not.toContain('[true]');
    });

    test('has a terminal that is its application’s own', async () => {
        const container = await start(
            'tty; sh -c "echo from > /dev/tty"; stty size',
            { Tty: true },
            init,
        );
        expect(await exitCode(container)).toBe(0);
        const text = async () => (await container.logs({ stdout: true })).toString();
        await expect.poll(text, { timeout: 10_000 }).toContain('/dev/pts/0\r\nfrom\r\n');
    });

    test('passes its standard input to the application', async () => {
        const options = { OpenStdin: true, StdinOnce: true };
        const container = await create('read word; echo "got $word"', options, init);
        const stream = await container.attach({ stream: true, stdin: true, hijack: true });
        await container.start();
        stream.write('hello\n');
        expect(await exitCode(container)).toBe(0);
        expect(await logs(container, /got/)).toBe('got hello\n');
        stream.end();
    });

    test('says that its command does not exist', async () => {
        const container = await create('', { Entrypoint: ['/no/such/program'] }, init);
        // Docker refuses to start it; the helper can only end as a shell would.
        const code = await container.start().then(
            () => exitCode(container),
            () => 127,
        );
        expect(code).toBe(127);
    });
});

test('a restarted application has the terminal again', async () => {
    const line = 'echo "on $(tty)"; sh -c "echo own > /dev/tty"; exec sleep 5012';
    const container = await start(line, { Tty: true });
    const printed = async () => (await container.logs({ stdout: true })).toString();
    await expect.poll(printed).toContain('own');
    const helper = await open(container);
    await helper.restart();
    await expect.poll(printed).toBe('on /dev/pts/0\r\nown\r\n'.repeat(2));
    await helper.close();
});

test('a container with the helper has no file of it in its tree', async () => {
    const container = await start('sleep 5013');
    const helper = await open(container);
    const { entries } = await helper.list({ paths: ['/'], recursive: true, excludes: ['/bin'] });
    expect(entries.filter(({ path }) => path.includes('livepush'))).toEqual([]);
    await helper.close();
});

test.each([
    ['SIGTERM', 15],
    ['TERM', 15],
    ['sigquit', 3],
    ['9', 9],
    ['SIGRTMIN+3', 37],
    ['RTMAX-1', 63],
    [undefined, 15],
])('the stop signal %s is %i', (text, number) => {
    expect(signalNumber(text)).toBe(number);
});

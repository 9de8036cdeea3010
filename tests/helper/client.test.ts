import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Helper } from '../../extension/host/helper/client.js';
import { HelperError, HelperGone } from '../../extension/host/helper/errors.js';
import { changedPaths, docker, execOutput, idleContainer, removeContainer } from './containers.js';

const env = ['PATH=/bin', 'GREETING=hello there'];
const root = { cwd: '/', env, user: '' };

let container: Docker.Container;
let helper: Helper;

beforeAll(async () => {
    container = await idleContainer();
    helper = await Helper.open(docker, container.id, { architecture: 'amd64' });
});

afterAll(async () => {
    await helper.close();
    await removeContainer(container);
});

/** Runs a shell line and returns its exit code with what it printed. */
async function sh(line: string, options: Partial<typeof root> = {}, signal?: AbortSignal) {
    const text = { stdout: '', stderr: '' };
    const code = await helper.run(
        { argv: ['sh', '-c', line], ...root, ...options },
        { onOutput: (stream, data) => (text[stream] += Buffer.from(data).toString()), signal },
    );
    return { code, ...text };
}

test('neither the idle process nor the helper leaves its file in the container', async () => {
    expect(await changedPaths(container)).toEqual([]);
});

test('the idle process reaps what is left to it', async () => {
    expect(await execOutput(container, 'sh', '-c', '(setsid true &); exit 0')).toBe('');
    await expect.poll(() => execOutput(container, 'ps')).not.toContain('[true]');
});

describe('running a command', () => {
    test('tells its exit code and keeps its two streams apart', async () => {
        const result = await sh('echo out; echo err >&2; exit 7');
        expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    });

    test('tells a signal as 128 and its number', async () => {
        expect((await sh('kill -TERM $$')).code).toBe(143);
    });

    test('gives it the directory and the environment that were asked for, and nothing else', async () => {
        const { stdout } = await sh('pwd; env | sort', { cwd: '/etc' });
        expect(stdout.split('\n').filter((line) => !/^(SHLVL|PWD|OLDPWD|_)=/.test(line))).toEqual([
            '/etc',
            'GREETING=hello there',
            'HOME=/root',
            'PATH=/bin',
            '',
        ]);
    });

    test('runs it as a numeric user without any capability of root', async () => {
        const { stdout } = await sh('id; echo $HOME; grep CapEff /proc/self/status', {
            user: '1234:56',
        });
        expect(stdout).toContain('uid=1234 gid=56 groups=56\n/\n');
        expect(stdout).toMatch(/CapEff:\s+0+\n/);
    });

    test('takes the umask that a build has', async () => {
        expect((await sh('umask')).stdout).toBe('0022\n');
    });

    test('streams a megabyte without losing a byte', async () => {
        const { stdout } = await sh('dd if=/dev/zero bs=1024 count=1024 2>/dev/null | tr "\\0" x');
        expect(stdout).toBe('x'.repeat(1024 * 1024));
    });

    test('says that a program does not exist', async () => {
        const missing = helper.run({ argv: ['nonesuch'], ...root });
        await expect(missing).rejects.toMatchObject({ code: 'ENOENT', path: 'nonesuch' });
    });

    test('says that a user does not exist', async () => {
        const nobody = helper.run({ argv: ['true'], ...root, user: 'nonesuch' });
        await expect(nobody).rejects.toThrow(HelperError);
    });

    test('kills what it left behind, daemons too', async () => {
        const { code } = await sh('(setsid sleep 4711 &) ; sleep 4711 & exit 0');
        expect(code).toBe(0);
        expect(await execOutput(container, 'ps')).not.toContain('sleep 4711');
    });

    test('kills it with its children when it is cancelled', async () => {
        const abort = new AbortController();
        const running = helper.run(
            { argv: ['sh', '-c', 'sh -c "echo started; sleep 4712" & wait'], ...root },
            { signal: abort.signal, onOutput: () => abort.abort() },
        );
        await expect(running).rejects.toMatchObject({ code: 'cancelled' });
        expect(await execOutput(container, 'ps')).not.toContain('sleep 4712');
    });

    test('runs several at the same time', async () => {
        const fifo = await sh('mkfifo /tmp/pipe');
        expect(fifo.code).toBe(0);
        const [reader] = await Promise.all([sh('cat /tmp/pipe'), sh('echo met > /tmp/pipe')]);
        expect(reader.stdout).toBe('met\n');
    });
});

describe('removing paths', () => {
    test('removes files, trees and dangling links, and counts what is absent as removed', async () => {
        await sh('mkdir -p /r/a/b/c; touch /r/a/1 /r/a/b/2 /r/a/b/c/3; ln -s nowhere /r/link');
        const paths = ['/r/a', '/r/link', '/r/absent', '/r/absent/below'];
        expect(await helper.remove(paths)).toEqual([]);
        expect((await sh('ls -A /r')).stdout).toBe('');
    });

    test('removes a link to a directory and not what is in the directory', async () => {
        await sh(
            'mkdir -p /kept; touch /kept/file; mkdir /links; ln -s /kept /links/in; ln -s /kept /top',
        );
        expect(await helper.remove(['/links', '/top'])).toEqual([]);
        expect((await sh('ls /kept')).stdout).toBe('file\n');
    });

    test('leaves what is mounted, and goes on with the rest', async () => {
        await sh('touch /tmp/x');
        const problems = await helper.remove(['/etc/hosts', '/dev/shm', '/proc/1', '/tmp/x', '/']);
        expect(problems.map(({ path, code }) => [path, code])).toEqual([
            ['/etc/hosts', 'mounted'],
            ['/dev/shm', 'mounted'],
            ['/proc/1', 'mounted'],
            ['/', 'EBUSY'],
        ]);
        expect((await sh('ls -A /tmp/x')).code).not.toBe(0);
    });

    test('removes two hundred files', async () => {
        await sh('mkdir /many; for i in $(seq 200); do echo $i > /many/$i; done');
        const paths = Array.from({ length: 200 }, (_, index) => `/many/${index + 1}`);
        const before = performance.now();
        expect(await helper.remove(paths)).toEqual([]);
        console.log(`removed 200 files in ${(performance.now() - before).toFixed(1)} ms`);
        expect((await sh('ls -A /many')).stdout).toBe('');
    });
});

test('a helper that is killed ends its command and says that it is gone', async () => {
    const other = await Helper.open(docker, container.id, { architecture: 'amd64' });
    let pid = '';
    const running = other.run(
        { argv: ['sh', '-c', 'echo $PPID; exec sleep 4713'], ...root },
        {
            onOutput: (_, data) => {
                pid += Buffer.from(data).toString();
                void sh(`kill -9 ${pid}`);
            },
        },
    );
    await expect(running).rejects.toThrow(HelperGone);
    await expect(other.remove(['/tmp/y'])).rejects.toThrow(HelperGone);
    expect((await sh('ps')).stdout).not.toContain('sleep 4713');
});

test('closing ends the helper and what it runs', async () => {
    const other = await Helper.open(docker, container.id, { architecture: 'amd64' });
    const running = other.run({ argv: ['sleep', '4714'], ...root });
    const ended = expect(running).rejects.toThrow(HelperGone);
    await other.close();
    await ended;
    // Its process is gone once the first process has nothing but our own helper left to wait for.
    await expect.poll(async () => (await sh('ps')).stdout).not.toContain('sleep 4714');
});

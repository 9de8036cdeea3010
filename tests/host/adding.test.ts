/** ADD of an archive: every form of destination and every compression that a build takes. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);

interface Project {
    readonly context: string;
    /** Makes the archive again, with a file of this text. */
    readonly pack: (text: string) => Promise<void>;
    readonly start: (instructions: string) => Promise<Session>;
}

async function project(name: string, option: string): Promise<Project> {
    const context = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    const content = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(async () => {
        await rm(context, { recursive: true });
        await rm(content, { recursive: true });
    });
    await mkdir(join(content, 'below'));
    await writeFile(join(content, 'below/a'), 'a\n');
    await run('ln', [join(content, 'below/a'), join(content, 'b')]);
    await run('ln', ['-s', '/etc/passwd', join(content, 'absolute')]);
    await run('mkfifo', [join(content, 'pipe')]);
    await writeFile(join(content, 'long'.repeat(40)), 'long\n');
    const dockerfile = join(context, 'Dockerfile');
    await writeFile(join(context, '.dockerignore'), 'Dockerfile\n');
    return {
        context,
        pack: async (text) => {
            await writeFile(join(content, 'text'), text);
            await run('tar', [`-c${option}f`, join(context, name), '-C', content, '.']);
        },
        start: async (instructions) => {
            const text = `FROM busybox\n${instructions}\nCMD ["sleep", "100000"]\n`;
            await writeFile(dockerfile, text);
            const session = await Session.start({ docker, dockerfile, context });
            onTestFinished(() => session.close({ removeContainer: true }));
            return session;
        },
    };
}

test.each([
    ['x.tar', '', 'ADD x.tar /opt/app'],
    ['x.tar.gz', 'z', 'ADD x.tar.gz /opt/app'],
    ['x.tar.gz', 'z', 'ADD --chown=5:6 x.tar.gz /opt/app/'],
    ['x.tar.bz2', 'j', 'ADD x.tar.bz2 /opt/deep/app'],
    ['x.tar.xz', 'J', 'WORKDIR /srv\nADD x.tar.xz app'],
    ['x.tar.gz', 'z', 'RUN mkdir -p /opt/app\nADD x.tar.gz /opt/app'],
])('%s, packed with -c%sf, by %j', { timeout: 180_000 }, async (name, option, instructions) => {
    const { pack, start } = await project(name, option);
    await pack('one\n');
    const session = await start(instructions);
    await pack('two\n');
    expect(await session.push({ updated: [name], deleted: [] })).toMatchObject({
        outcome: 'done',
        error: null,
    });
    expect(await session.verify()).toEqual([]);
});

test('a file that only begins like an archive is copied', { timeout: 180_000 }, async () => {
    const { context, pack, start } = await project('x.gz', 'z');
    await pack('one\n');
    const session = await start('ADD x.gz /opt/app');
    await writeFile(join(context, 'x.gz'), Buffer.from([0x1f, 0x8b, 0x08, 0, 1, 2, 3, 4]));
    expect(await session.push({ updated: ['x.gz'], deleted: [] })).toMatchObject({
        outcome: 'done',
        error: null,
    });
    expect(await session.verify()).toEqual([]);
});

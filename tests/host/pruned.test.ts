/** Images that a session needs are removed by others: pruned, or by name. Pushes go on. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';

async function started() {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const tag = `${process.pid}-${Date.now()}`;
    const base = `livepush-test-base:${tag}`;
    await docker.getImage('busybox').tag({ repo: 'livepush-test-base', tag });
    onTestFinished(async () => {
        await docker
            .getImage(base)
            .remove()
            .catch(() => undefined);
    });
    const save = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);
    await save(
        'Dockerfile',
        `FROM ${base} AS page\nCOPY title /title\nRUN cat /title > /made && ls / > /names\n` +
            `FROM ${base}\nCOPY --from=page /made /names /srv/\nCOPY style /srv/\n` +
            `RUN cat /srv/style /srv/made > /srv/both\nCOPY --from=${base} /etc/passwd /p\n` +
            'CMD ["sleep", "100000"]\n',
    );
    await save('title', 'one\n');
    await save('style', 'plain\n');
    const dockerfile = join(folder, 'Dockerfile');
    const session = await Session.start({ docker, dockerfile, context: folder });
    onTestFinished(() => session.close({ removeContainer: true }));
    const read = async (path: string): Promise<string> =>
        (await run(DOCKER, ['exec', session.containerId, 'cat', path])).stdout;
    const prune = (...options: string[]): Promise<unknown> =>
        run(DOCKER, [
            ...['image', 'prune', '--force', ...options],
            ...['--filter', `label=livepush.image=${session.id}`],
        ]);
    const pushed = async (path: string, text: string): Promise<void> => {
        await save(path, text);
        const result = await session.push({ updated: [path], deleted: [] });
        expect(result).toMatchObject({ error: null });
    };
    return { base, session, pushed, read, prune };
}

test('goes on after `docker image prune`, before the first replay and later', async () => {
    const { session, pushed, read, prune } = await started();
    await prune();
    await pushed('title', 'two\n');
    expect(await read('/srv/both')).toBe('plain\ntwo\n');
    await prune();
    await pushed('style', 'fine\n');
    expect(await read('/srv/both')).toBe('fine\ntwo\n');
    await prune();
    await pushed('title', 'three\n');
    expect(await read('/srv/both')).toBe('fine\nthree\n');
    expect(await session.verify()).toEqual([]);
});

test('goes on after `docker image prune --all`, by what a build makes again', async () => {
    const { session, pushed, read, prune } = await started();
    await prune('--all');
    await pushed('title', 'two\n');
    await prune('--all');
    await pushed('style', 'fine\n');
    await pushed('title', 'three\n');
    expect(await read('/srv/both')).toBe('fine\nthree\n');
    expect(await session.verify()).toEqual([]);
});

test('goes on after its base image was removed', async () => {
    const { base, pushed, read } = await started();
    await run(DOCKER, ['rmi', '--force', base]);
    await pushed('title', 'two\n');
    await pushed('style', 'fine\n');
    expect(await read('/srv/both')).toBe('fine\ntwo\n');
});

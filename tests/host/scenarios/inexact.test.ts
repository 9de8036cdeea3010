/** What no push can make equal to a fresh build: the plan says so, with the line, why, and what to do. */
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tarOf } from './kinds/archives.js';
import { connect } from '../../../extension/host/engine.js';
import { Session } from '../../../extension/host/session/session.js';

const docker = await connect();
const afterwards: (() => Promise<unknown>)[] = [];
let server: Server;
let site: string;

beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-site-'));
    await writeFile(join(folder, 'page'), 'fetched\n');
    const git = (...words: string[]): unknown =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', folder, ...words]);
    git('init', '--quiet', '--initial-branch=master');
    git('add', 'page');
    git('commit', '--quiet', '--message', 'one');
    git('clone', '--quiet', '--bare', folder, join(folder, 'repository.git'));
    git('-C', 'repository.git', 'update-server-info');
    server = createServer((request, response) => {
        readFile(join(folder, new URL(request.url ?? '/', 'http://a').pathname)).then(
            (bytes) => response.end(bytes),
            () => response.writeHead(404).end(),
        );
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return async () => rm(folder, { recursive: true });
});

afterAll(() => {
    server.close();
});

afterEach(async () => {
    for (const undo of afterwards.splice(0).reverse()) await undo();
});

/** A session of a project in which `input` was then edited. */
async function edited(
    lines: readonly string[],
    before = 'one\n',
    after: string | Buffer = 'two\n',
) {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    afterwards.push(() => rm(folder, { recursive: true }));
    const dockerfile = join(folder, 'Dockerfile');
    await writeFile(dockerfile, ['FROM busybox', ...lines, 'CMD sleep 100000', ''].join('\n'));
    await writeFile(join(folder, '.dockerignore'), 'Dockerfile\n');
    await writeFile(join(folder, 'input'), before);
    const session = await Session.start({ docker, dockerfile, context: folder });
    afterwards.push(() => session.close({ removeContainer: true }));
    await writeFile(join(folder, 'input'), after);
    return { session, changes: { updated: ['input'], deleted: [] } };
}

const archive = tarOf({ a: 'a\n' });

test.each([
    ['an ADD of a URL', () => [`COPY input /`, `ADD ${site}/page /`], /ADD fetches http/u],
    ['an ADD of a repository', () => ['COPY input /', `ADD ${site}/repository.git /r`], /fetches/u],
    [
        'a RUN with the SSH agent',
        () => ['COPY input /', 'RUN --mount=type=ssh cp input output'],
        /the SSH agent of the build, which only a build can give it/u,
    ],
])('%s is left to a rebuild', async (_name, lines, why) => {
    const { session, changes } = await edited(lines());
    const { inexact, actions } = await session.plan(changes);
    const declared = { lines: [3, 3], remedy: 'Rebuild the container.' };
    expect(inexact).toMatchObject([{ ...declared, why: expect.stringMatching(why) as string }]);
    expect(actions).toEqual([]);
    const { outcome, error } = await session.push(changes);
    expect(outcome).toBe('failed');
    expect(error).toMatchObject({ code: 'rebuild-needed', lines: [3, 3] });
    expect(session.pending).toBe(true);
    await session.rebuild();
    expect(await session.verify()).toEqual([]);
});

test('a file that becomes an archive which ADD unpacks is left to a rebuild', async () => {
    const { session, changes } = await edited(['ADD input /'], 'no archive\n', archive);
    const { inexact } = await session.plan(changes);
    expect(inexact).toMatchObject([
        { lines: [2, 2], why: expect.stringMatching(/unpack/u) as string },
    ]);
    expect((await session.push(changes)).error?.code).toBe('rebuild-needed');
    await session.rebuild();
    expect(await session.verify()).toEqual([]);
});

test('a RUN without the secret of the build is carried out, and declared', async () => {
    const mount = 'RUN --mount=type=secret,id=key cp input output';
    const { session, changes } = await edited(['COPY input /', mount]);
    const { inexact } = await session.plan(changes);
    const why = expect.stringMatching(/without the secret key/u) as string;
    expect(inexact).toMatchObject([{ lines: [3, 3], why }]);
    expect(await session.push(changes)).toMatchObject({ outcome: 'done', plan: { inexact } });
    expect(await session.verify()).toEqual([]);
});

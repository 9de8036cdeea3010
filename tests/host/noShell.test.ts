/** Images that hold a program and nothing else: what needs a shell there is said with its line. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LivepushErrorShape, SessionOptions } from '../../extension/host/api.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';
const BARE = `FROM --platform=$BUILDPLATFORM busybox AS tools

FROM scratch
COPY --from=tools /bin/busybox /busybox
`;
const SERVE = 'CMD ["/busybox", "sleep", "100000"]\n';
const PAGE = { updated: ['page'], deleted: [] };

async function project(text: string): Promise<SessionOptions> {
    const context = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(context, { recursive: true }));
    const dockerfile = join(context, 'Dockerfile');
    await writeFile(dockerfile, text);
    await writeFile(join(context, 'page'), 'p1\n');
    await writeFile(join(context, '.dockerignore'), 'Dockerfile\n');
    return { docker, dockerfile, context };
}

async function closing(opened: Promise<Session>): Promise<Session> {
    const session = await opened;
    onTestFinished(() => session.close({ removeContainer: true }));
    return session;
}

/** Runs a container that somebody else made, and attaches to that. */
async function attach(
    options: SessionOptions,
    built: readonly string[],
    ran: readonly string[],
): Promise<Session> {
    const image = (await run(DOCKER, ['build', '-q', ...built, options.context])).stdout.trim();
    onTestFinished(async () => {
        await run(DOCKER, ['rmi', '-f', image]);
    });
    const containerId = (await run(DOCKER, ['run', '-d', ...ran, image])).stdout.trim();
    onTestFinished(async () => {
        await run(DOCKER, ['rm', '-fv', containerId]);
    });
    return closing(Session.attach({ ...options, containerId }));
}

function firstProblem(session: Session): Promise<LivepushErrorShape> {
    return new Promise((resolve) => session.on('problem', resolve));
}

describe('in an image without a shell', () => {
    test.each([
        ['RUN echo hello', 'RUN echo hello'],
        ['#dev-run=echo hello', 'RUN echo hello'],
    ])('%s cannot be built, and its line says why', async (line, instruction) => {
        const options = await project(`${BARE}COPY page /page\n${line}\n${SERVE}`);
        await expect(Session.start(options)).rejects.toMatchObject({
            code: 'no-shell',
            message: `\`${instruction}\` needs /bin/sh, which the image does not have`,
            lines: [6, 6],
            remedy: expect.stringContaining('JSON') as string,
        });
    });

    test('a build that fails otherwise is shown on its line, too', async () => {
        const failing = 'RUN ["/busybox", "false"]\n';
        const options = await project(`${BARE}COPY page /page\n${failing}${SERVE}`);
        const lines = [6, 6];
        await expect(Session.start(options)).rejects.toMatchObject({ code: 'build-failed', lines });
    });

    test.each([
        ['CMD /busybox sleep 100000', false],
        ['CMD /busybox sleep 100000', true],
        ['#dev-cmd-live=/busybox sleep 100000', false],
        ['ENTRYPOINT /busybox sleep 100000', false],
    ])(
        '%s cannot run, and its line says why (own container restarted: %s)',
        async (line, whole) => {
            const options = await project(`${BARE}COPY page /page\n${line}\n`);
            const error = await Session.start({ ...options, restartContainer: whole }).then(
                async (session) => {
                    onTestFinished(() => session.close({ removeContainer: true }));
                    return firstProblem(session);
                },
                (thrown: unknown) => thrown,
            );
            expect(error).toMatchObject({
                code: 'no-shell',
                message: `\`${line}\` needs /bin/sh, which the image does not have`,
                lines: [6, 6],
            });
        },
    );

    test('a RUN whose shell is gone from the context says so', async () => {
        const { stdout } = await run(DOCKER, ['create', 'busybox']);
        const options = await project(
            `${BARE}COPY page sh* /bin/\nRUN echo hello > /said\n${SERVE}`,
        );
        const shell = join(options.context, 'sh');
        await run(DOCKER, ['cp', `${stdout.trim()}:/bin/busybox`, shell]);
        await run(DOCKER, ['rm', stdout.trim()]);
        const session = await closing(Session.start(options));
        await rm(shell);
        expect(await session.push({ updated: [], deleted: ['sh'] })).toMatchObject({
            outcome: 'failed',
            error: {
                code: 'no-shell',
                message: '`RUN echo hello > /said` needs /bin/sh, which the image does not have',
                lines: [6, 6],
            },
        });
    });

    test('a file that is deleted is refused by a root filesystem that is read-only', async () => {
        const options = await project(`${BARE}COPY page* /\n${SERVE}`);
        const session = await attach(options, [], ['--read-only']);
        await rm(join(options.context, 'page'));
        expect(await session.push({ updated: [], deleted: ['page'] })).toMatchObject({
            outcome: 'failed',
            error: { code: 'read-only', path: '/page' },
        });
    });

    test('a file that is deleted stays where no helper can run either, until a rebuild', async () => {
        const options = await project(`${BARE}COPY page* /\n${SERVE}`);
        // There is a helper for two architectures, and this is none of them.
        const session = await attach(options, ['--platform', 'linux/386'], []);
        await writeFile(join(options.context, 'page'), 'p2\n');
        expect(await session.push(PAGE)).toMatchObject({ outcome: 'done' });
        await rm(join(options.context, 'page'));
        expect(await session.push({ updated: [], deleted: ['page'] })).toMatchObject({
            outcome: 'failed',
            error: {
                code: 'rebuild-needed',
                message: '/page stays: nothing in the container can remove files',
                path: '/page',
            },
        });
    });
});

/** A project whose application is not root, and does all it can to have a push write elsewhere. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { connect } from '../../../extension/host/engine.js';
import { Session } from '../../../extension/host/session/session.js';

export const docker = await connect();
export const run = promisify(execFile);
const DOCKER = '/usr/bin/docker';
const SECRET = 'for root only\n';

/** The application's user can exchange everything in /app, and nothing elsewhere. */
const dockerfileOf = (base: string): string => `FROM ${base}
LABEL livepush.test.attack=${randomUUID()}
RUN mkdir /app && chown 1000:1000 /app
COPY --chown=1000:1000 src /app/src
USER 1000
CMD ["sleep", "100000"]
`;

export interface Victim {
    readonly session: Session;
    /** A folder of this machine that is mounted at `/mnt/host`. */
    readonly host: string;
    save(path: string, text: string): Promise<void>;
    remove(path: string): Promise<void>;
    /** What a command prints in the container; as the application's user unless another is named. */
    inside(command: readonly string[], user?: string): Promise<string>;
    /** Fails unless everything outside the application's folder is as it was. */
    expectUntouched(): Promise<void>;
}

export async function victim(base = 'busybox', ...command: string[]): Promise<Victim> {
    const context = await folder();
    const host = await folder();
    const save = async (path: string, text: string): Promise<void> => {
        await mkdir(join(context, path, '..'), { recursive: true });
        await writeFile(join(context, path), text);
    };
    await save('Dockerfile', dockerfileOf(base));
    await save('src/passwd', 'p1\n');
    await save('src/below/secret', 's1\n');
    await save('src/secret', 's1\n');
    await mkdir(join(host, 'below'));
    for (const path of ['secret', 'below/secret', 'passwd']) {
        await writeFile(join(host, path), SECRET, { mode: 0o600 });
    }
    const built = await run(DOCKER, ['build', '-q', context]);
    const image = built.stdout.trim();
    onTestFinished(async () => {
        await run(DOCKER, ['rmi', '-f', image]);
    });
    const mount = ['-v', `${host}:/mnt/host`];
    const ran = await run(DOCKER, ['run', '-d', ...mount, image, ...command]);
    const containerId = ran.stdout.trim();
    onTestFinished(async () => {
        await run(DOCKER, ['rm', '-fv', containerId]);
    });
    const dockerfile = join(context, 'Dockerfile');
    const session = await Session.attach({
        docker,
        dockerfile,
        context,
        containerId,
        skipRestart: true,
    });
    onTestFinished(() => session.close());
    const inside = async (line: readonly string[], user = '1000'): Promise<string> =>
        (await run(DOCKER, ['exec', '-u', user, containerId, ...line])).stdout;
    const outside = (): Promise<string> => inside(['sh', '-c', LIST_OUTSIDE], '0');
    const before = await outside();
    const expectUntouched = async (): Promise<void> => {
        expect(await outside()).toBe(before);
        for (const path of ['secret', 'below/secret', 'passwd']) {
            expect(await readFile(join(host, path), 'utf8')).toBe(SECRET);
            expect((await stat(join(host, path))).mode & 0o777).toBe(0o600);
        }
    };
    const remove = (path: string): Promise<void> => rm(join(context, path), { recursive: true });
    return { session, host, save, remove, inside, expectUntouched };
}

/** All files that no push has to do with, with their times and contents. */
const LIST_OUTSIDE = `
find /etc /mnt -exec stat -c '%n %F %a %u %g %h %Y' {} +
find /etc /mnt -type f -exec sha256sum {} +
`;

async function folder(): Promise<string> {
    const made = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(made, { recursive: true }));
    return made;
}

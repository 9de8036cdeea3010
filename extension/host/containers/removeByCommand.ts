/** Removing paths of a live container in which no helper runs, by commands of its own image. */
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { LivepushError } from '../common/errors.js';
import { inTurns } from '../common/forEachLimit.js';
import { statPath, writeArchive } from '../docker/archive.js';
import { ask } from '../docker/client.js';
import { execute } from '../docker/exec.js';
import { isAtOrBelow } from '../files/paths.js';
import { TAR_END, tarHeader } from '../tar/writer.js';
import { Surveyed } from './paused.js';
import { isMounted } from './writeFiles.js';

/** Paths per command, far below what a command line may hold. */
const REMOVED_AT_ONCE = 250;
/** So many paths are looked at at once. */
const AT_ONCE = 8;

const SHELL = '/bin/sh';

/**
 * Takes directories and names in them. It removes a name only where the directory that it is in by
 * then is the one that is meant: an application may have put a link on the way to it.
 */
const SCRIPT = `
while [ $# -gt 0 ]; do
    if cd -P "$1" 2>/dev/null && [ "$(pwd -P; echo .)" = "$1
." ]; then
        rm -f -- "./$2" || exit 1
    fi
    shift 2
done
`;

/** Removes paths with all below them; one that is not there counts as removed. */
export async function removeByCommand(
    docker: Docker,
    container: Docker.Container,
    paths: readonly string[],
    whilePaused: (work: () => Promise<string[]>) => Promise<string[]>,
): Promise<void> {
    await refuseMounts(container, paths);
    const [first = '/'] = paths;
    if ((await statPath(container, SHELL)) === null) throw await cannotRemoveAny(container, first);
    const files = await whilePaused(() => emptied(container, paths));
    for (let from = 0; from < files.length; from += REMOVED_AT_ONCE) {
        const some = files.slice(from, from + REMOVED_AT_ONCE);
        const pairs = some.flatMap((path) => [posix.dirname(path), posix.basename(path)]);
        let said = '';
        const code = await execute(
            docker,
            container.id,
            { argv: [SHELL, '-c', SCRIPT, 'sh', ...pairs], cwd: '/', env: [], user: '0' },
            { onOutput: (_stream, data) => (said += Buffer.from(data).toString()) },
        );
        if (code === 126 || code === 127) throw await cannotRemoveAny(container, first);
        if (code !== 0) throw cannotRemove(some[0] ?? '/', said.trim(), said.includes('busy'));
    }
}

/**
 * Puts an empty file in the place of each directory, and says what there is to remove. The daemon
 * empties a directory without following what is in it, which not every `rm` does.
 */
async function emptied(container: Docker.Container, paths: readonly string[]): Promise<string[]> {
    const surveyed = await Surveyed.ofParents(container, paths);
    const found: string[] = [];
    const directories: string[] = [];
    await inTurns(
        paths,
        async (path) => {
            const stat = await surveyed.at(path);
            if (stat !== null) found.push(path);
            if (stat?.kind === 'directory') directories.push(path);
        },
        AT_ONCE,
    );
    if (directories.length > 0) await writeArchive(container, emptyFiles(directories));
    return found;
}

async function* emptyFiles(paths: readonly string[]): AsyncGenerator<Buffer> {
    await Promise.resolve();
    const file = { kind: 'file', mode: 0o600, uid: 0, gid: 0, size: 0, target: '' } as const;
    for (const path of paths) {
        yield tarHeader({ ...file, name: path.slice(1), mtimeMs: Date.now() });
    }
    yield TAR_END;
}

/** What is mounted below a directory would be emptied with it. */
export async function refuseMounts(
    container: Docker.Container,
    paths: readonly string[],
): Promise<void> {
    const { Mounts: mounts } = await ask('Looking at the container', () => container.inspect());
    for (const { Destination: mount } of mounts) {
        const path = paths.find((one) => isAtOrBelow(mount, new Set([one])));
        if (path !== undefined) throw isMounted(path);
    }
}

/** Where neither the helper nor the image has a program for it. */
async function cannotRemoveAny(container: Docker.Container, path: string): Promise<LivepushError> {
    const { HostConfig: config } = await ask('Looking at the container', () => container.inspect());
    if (config.ReadonlyRootfs) return cannotRemove(path, 'Read-only file system', false);
    const message = `${path} stays: nothing in the container can remove files`;
    return new LivepushError('rebuild-needed', message, {
        path,
        remedy: 'Rebuild to create a new container.',
    });
}

export function cannotRemove(path: string, why: string, mounted: boolean): LivepushError {
    return new LivepushError(mounted ? 'mounted-over' : 'read-only', `${path} stays: ${why}`, {
        path,
        remedy: mounted
            ? 'Run the container without the volume or bind mount over this path.'
            : 'Run the container with a root filesystem that can be written.',
    });
}

/** How paths are removed from a container in which nothing can run, since its application has ended. */
import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { LivepushError } from '../common/errors.js';
import { inTurns } from '../common/forEachLimit.js';
import { statPath, writeArchive } from '../docker/archive.js';
import { TAR_END, tarHeader } from '../tar/writer.js';
import { Surveyed } from './paused.js';
import { refuseMounts } from './removeByCommand.js';

/** So many calls of the archive API run at once. */
const AT_ONCE = 4;

/**
 * Docker has no call that removes a path. But before it lays an entry of an archive out it removes
 * what is at its path, and a hard link to a file that is not there cannot be laid out: so each path
 * is gone after a request that fails. Whether it is gone is looked up, never concluded.
 */
export async function removeFromStopped(
    container: Docker.Container,
    paths: readonly string[],
): Promise<void> {
    await refuseMounts(container, paths);
    // Below a link nothing is meant, and where nothing is the directories above it would be made.
    const surveyed = await Surveyed.ofParents(container, paths);
    await inTurns(
        paths,
        async (path) => {
            if ((await surveyed.at(path)) !== null) await removeOne(container, path);
        },
        AT_ONCE,
    );
}

async function removeOne(container: Docker.Container, path: string): Promise<void> {
    let refused: unknown = null;
    await writeArchive(container, linkToNothing(path)).catch((error: unknown) => (refused = error));
    if ((await statPath(container, path)) === null) return;
    const cause = refused instanceof LivepushError ? refused : null;
    if (cause !== null && cause.code !== 'internal') throw cause;
    const message = `${path} cannot be removed while the container is not running`;
    throw new LivepushError('container-not-running', message, {
        path,
        remedy: 'Start the container, then push again.',
        cause: refused ?? undefined,
    });
}

async function* linkToNothing(path: string): AsyncGenerator<Buffer> {
    await Promise.resolve();
    const target = `.livepush-${randomBytes(8).toString('hex')}`;
    yield tarHeader({
        name: path.slice(1),
        kind: 'hardlink',
        mode: 0o600,
        uid: 0,
        gid: 0,
        size: 0,
        mtimeMs: 0,
        target,
    });
    yield TAR_END;
}

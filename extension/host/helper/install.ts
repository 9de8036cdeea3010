/** Puts the helper's program into containers. */
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { binaryOf } from './binary.js';
import { HelperUnavailable } from './errors.js';

/**
 * Puts the program into a container, running or not, and returns its path. It removes itself as
 * soon as it runs. As the first process of a build container it is `[path, 'idle']`, as root.
 */
export async function putHelper(
    docker: Docker,
    containerId: string,
    path: string,
    architecture: string,
): Promise<void> {
    const archive = await fileArchive(path.slice(1), (await binaryOf(architecture)).bytes);
    try {
        await docker.getContainer(containerId).putArchive(archive, { path: '/' });
    } catch (error) {
        // A container that is gone is not the helper's matter; one that takes no files is.
        if ((error as { statusCode?: number }).statusCode === 404) throw error;
        const why = error instanceof Error ? error.message : String(error);
        throw new HelperUnavailable(why, { cause: error });
    }
}

/** A path in a container that nobody else has: the helper removes itself where it is so named. */
export function helperPath(): string {
    return `/.livepush-${randomBytes(8).toString('hex')}`;
}

/** An archive that holds one program, owned by root. */
export async function fileArchive(name: string, program: Buffer): Promise<Buffer> {
    const archive = pack();
    archive.entry({ name, mode: 0o755, uid: 0, gid: 0 }, program);
    archive.finalize();
    return buffer(archive);
}

import type Docker from 'dockerode';
import { daemonMessage, fromDocker, statusOf } from './errors.js';
import { Upload } from './uploadStream.js';

/** What `HEAD archive` tells of a path in a container; its last component is not followed. */
export interface PathStat {
    readonly kind: 'file' | 'directory' | 'symlink' | 'other';
    readonly mode: number;
    readonly size: number;
    /** Where a symlink leads, as a path in the container. */
    readonly target: string;
}

// Bits of Go's os.FileMode, which is not what stat(2) says.
const GO_DIRECTORY = 2 ** 31;
const GO_SYMLINK = 2 ** 27;
const GO_SPECIAL = 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21 + 2 ** 19;
const GO_SETUID = 2 ** 23;
const GO_SETGID = 2 ** 22;
const GO_STICKY = 2 ** 20;

const has = (mode: number, bit: number): boolean => Math.floor(mode / bit) % 2 === 1;

function kindOf(mode: number): PathStat['kind'] {
    if (has(mode, GO_DIRECTORY)) return 'directory';
    if (has(mode, GO_SYMLINK)) return 'symlink';
    return Math.floor((mode % GO_SYMLINK) / 2 ** 19) & (GO_SPECIAL / 2 ** 19) ? 'other' : 'file';
}

function permissions(mode: number): number {
    return (
        (mode % 0o1000) +
        (has(mode, GO_SETUID) ? 0o4000 : 0) +
        (has(mode, GO_SETGID) ? 0o2000 : 0) +
        (has(mode, GO_STICKY) ? 0o1000 : 0)
    );
}

/** The path's kind and mode, or null where nothing is. */
export async function statPath(
    container: Docker.Container,
    path: string,
): Promise<PathStat | null> {
    let header: string | string[] | undefined;
    try {
        const response = (await container.infoArchive({ path })) as NodeJS.ReadableStream & {
            headers?: Record<string, string | string[] | undefined>;
        };
        header = response.headers?.['x-docker-container-path-stat'];
        response.resume();
    } catch (error) {
        if (isNotThere(error)) return null;
        // An answer to HEAD has no text that says why; GET fails with it, or there is nothing.
        const tar = await readArchive(container, path);
        if (tar === null) return null;
        await drain(tar);
        throw fromDocker(error, `Looking at ${path}`, path);
    }
    const stat = JSON.parse(Buffer.from(String(header), 'base64').toString()) as {
        size: number;
        mode: number;
        linkTarget: string;
    };
    return {
        kind: kindOf(stat.mode),
        mode: permissions(stat.mode),
        size: stat.size,
        target: stat.linkTarget,
    };
}

/** The tar of a path and all below it, its first name being the path's last, or null where nothing is. */
export async function readArchive(
    container: Docker.Container,
    path: string,
): Promise<AsyncIterable<Buffer> | null> {
    try {
        return (await container.getArchive({ path })) as AsyncIterable<Buffer>;
    } catch (error) {
        if (isNotThere(error)) return null;
        throw fromDocker(error, `Reading ${path}`, path);
    }
}

/**
 * Lays a tar out in the container, its names being whole paths without the leading slash: only
 * from `/` does the daemon take every symlink. Never with `copyUIDGID`: the ids in the tar count.
 */
export function writeArchive(
    container: Docker.Container,
    tar: AsyncIterable<Uint8Array>,
    options: WriteOptions = {},
): Promise<void> {
    return putIntoDirectory(container, tar, '/', options);
}

export interface WriteOptions {
    /** Refuses to put a directory in the place of something else, and the other way round. */
    readonly refuseReplacing?: boolean;
}

/** Lays an archive of any kind that Docker knows out in a directory, which must be there. */
export async function putIntoDirectory(
    container: Docker.Container,
    tar: AsyncIterable<Uint8Array>,
    path: string,
    { refuseReplacing = false }: WriteOptions = {},
): Promise<void> {
    const abort = new AbortController();
    const body = new Upload(tar);
    const broken = new Promise<never>((_resolve, reject) => body.once('error', reject));
    const sent = container
        .putArchive(body, {
            path,
            abortSignal: abort.signal,
            ...(refuseReplacing ? { noOverwriteDirNonDir: '1' } : {}),
        })
        .then(async (response) => drain(response));
    sent.catch(() => undefined);
    broken.catch(() => undefined);
    try {
        await Promise.race([sent, broken]);
    } catch (error) {
        body.destroy();
        // Otherwise the daemon would wait for the rest for ever.
        abort.abort();
        throw fromDocker(error, 'Writing files into the container');
    }
}

/** Reads a response to its end, as far as the client has not: else its connection stays taken. */
async function drain(response: unknown): Promise<void> {
    if (typeof response !== 'object' || response === null) return;
    if (!(Symbol.asyncIterator in response)) return;
    const chunks = (response as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true);
}

/** 404, or 500 where a component on the way is no directory: either way nothing is there. */
function isNotThere(error: unknown): boolean {
    const status = statusOf(error);
    const said = daemonMessage(error);
    if (status === 404) return !/no such container: /iu.test(said);
    return status === 500 && /not a directory/iu.test(said);
}

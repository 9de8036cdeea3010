/** The ways in which a tar gets into a container. */
import type Docker from 'dockerode';
import type { Helper } from '../helper/client.js';
import { isHelperGone, orWithoutHelper } from '../helper/fallback.js';
import { HelperError } from '../helper/errors.js';
import { writeArchive } from '../docker/archive.js';
import { LivepushError, messageOf } from '../common/errors.js';

/**
 * What is to be written, as tars that can be asked for again where the first way does not work. A
 * piece of one is good until the next is asked for.
 */
export interface Content {
    /** All paths that it has. */
    readonly written: readonly Written[];
    whole(): AsyncIterable<Buffer>;
    /** The same in two parts, where some files are so large that the way to the helper is slow. */
    readonly parts: Parts | null;
}

export interface Written {
    readonly path: string;
    readonly isDirectory: boolean;
}

export interface Parts {
    /** The large files alone, into the folder in which they wait. */
    large(): AsyncIterable<Buffer>;
    /** All else, and each large file as a hard link to the one that waits. */
    rest(): AsyncIterable<Buffer>;
}

/** Where large files wait for the helper to put them in their places. */
export const WAITING = '/.livepush-waiting';

/**
 * Writes into a build container, by the helper, if there is one, or by the archive API. What a build
 * refuses is refused: a directory in the place of a file, and the other way round.
 */
export async function writeBuild(
    container: Docker.Container,
    helper: Helper | null,
    whole: () => AsyncIterable<Buffer>,
): Promise<void> {
    const byArchive = (): Promise<void> =>
        writeArchive(container, whole(), { refuseReplacing: true });
    try {
        await orWithoutHelper(
            helper,
            (open) => refused(open.apply(whole()).then(() => undefined)),
            () => byArchive().catch(onceAgain(byArchive)),
        );
    } catch (error) {
        throw refusedByDocker(error) ?? error;
    }
}

/** Writes into a live container by the helper, or by what `without` does. */
export async function writeLive(
    container: Docker.Container,
    helper: Helper | null,
    content: Content,
    without: () => Promise<void>,
): Promise<void> {
    await orWithoutHelper(
        helper,
        (open) => refused(apply(open, container, content)),
        () => without().catch(onceAgain(without)),
    );
}

/** What is written may itself be read through a helper of another container, that may end. */
function onceAgain(work: () => Promise<void>): (error: unknown) => Promise<void> {
    return (error) => {
        if (isHelperGone(error)) return work();
        throw error;
    };
}

/**
 * Writes by the helper, which replaces files as a whole. Large ones are brought by the archive API,
 * and the folder in which they waited is left to be removed.
 */
async function apply(helper: Helper, container: Docker.Container, content: Content): Promise<void> {
    const { parts } = content;
    if (parts === null) {
        await helper.apply(content.whole(), { replaces: true });
    } else {
        await writeArchive(container, parts.large());
        await helper.apply(parts.rest(), { replaces: true });
    }
}

/** What the helper must not do, no other way may do either. */
async function refused<T>(work: Promise<T>): Promise<T> {
    try {
        return await work;
    } catch (error) {
        if (!(error instanceof HelperError)) throw error;
        const { code, path } = error;
        if (code === 'mounted') throw isMounted(path);
        if (code === 'file-in-the-way') throw buildRefuses(nonDirectory(path), path);
        if (code === 'directory-in-the-way') throw buildRefuses(replacesDirectory(path), path);
        throw error;
    }
}

/** What the daemon says instead, with the path in quotes. */
function refusedByDocker(error: unknown): LivepushError | null {
    const said = messageOf(error);
    const file = /cannot overwrite non-directory "([^"]+)" with directory/u.exec(said)?.[1];
    if (file !== undefined) return buildRefuses(nonDirectory(file), file);
    const directory = /cannot overwrite directory "([^"]+)" with non-directory/u.exec(said)?.[1];
    if (directory !== undefined) return buildRefuses(replacesDirectory(directory), directory);
    return null;
}

const nonDirectory = (path: string): string => `cannot copy to non-directory: ${path}`;
const replacesDirectory = (path: string): string => `cannot replace to directory ${path} with file`;

function buildRefuses(message: string, path: string): LivepushError {
    return new LivepushError('step-failed', message, {
        path,
        remedy: 'A build of this context fails too. Correct the context or the Dockerfile.',
    });
}

export function isMounted(path: string): LivepushError {
    return new LivepushError('mounted-over', `Something is mounted at or above ${path}`, {
        path,
        remedy: 'Run the container without the volume or bind mount over this path.',
    });
}

/** The ways in which a tar gets into a container. */
import type Docker from 'dockerode';
import type { Helper } from '../helper/client.js';
import { isHelperGone, orWithoutHelper } from '../helper/fallback.js';
import { writeArchive } from '../docker/archive.js';

/**
 * What is to be written, as tars that can be asked for anew where the first way does not work. A
 * piece of one is good until the next is asked for.
 */
export interface Content {
    whole(): AsyncIterable<Buffer>;
    /** The same in two parts, where some files are so large that the way to the helper is slow. */
    readonly parts: Parts | null;
}

export interface Parts {
    /** The large files alone, into the folder in which they wait. */
    large(): AsyncIterable<Buffer>;
    /** All else, and each large file as a hard link to the one that waits. */
    rest(): AsyncIterable<Buffer>;
}

/** Where large files wait for the helper to put them in their places. */
export const WAITING = '/.livepush-waiting';

/** Writes by the helper, if there is one, or by the archive API. */
export async function write(
    container: Docker.Container,
    helper: Helper | null,
    content: Content,
): Promise<void> {
    const byArchive = (): Promise<void> => writeArchive(container, content.whole());
    // What is written may itself be read through a helper of another container, that may end.
    const again = (error: unknown): Promise<void> => {
        if (isHelperGone(error)) return byArchive();
        throw error;
    };
    await orWithoutHelper(
        helper,
        (open) => apply(open, container, content),
        () => byArchive().catch(again),
    );
}

/**
 * Writes by the helper, which replaces files as a whole. Large ones are brought by the archive API,
 * and the folder in which they waited is left to be removed.
 */
async function apply(helper: Helper, container: Docker.Container, content: Content): Promise<void> {
    const { parts } = content;
    if (parts === null) {
        await helper.apply(content.whole());
    } else {
        await writeArchive(container, parts.large());
        await helper.apply(parts.rest());
    }
}

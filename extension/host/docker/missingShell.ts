/** What is wrong where a command is written for a shell and the image has none. */
import type Docker from 'dockerode';
import { type Details, LivepushError } from '../common/errors.js';
import { statPath } from './archive.js';

export const NO_SHELL_REMEDY =
    'Write the command as a JSON list of words, such as `["program", "argument"]`, ' +
    'or copy a shell into the image.';

/** `instruction` is the text of what needs it, where it is known. */
export function noShell(
    program: string,
    instruction: string | null,
    details: Omit<Details, 'remedy'> = {},
): LivepushError {
    const what = instruction === null ? 'The command' : `\`${instruction}\``;
    return new LivepushError(
        'no-shell',
        `${what} needs ${program}, which the image does not have`,
        { ...details, remedy: NO_SHELL_REMEDY },
    );
}

export function isShell(program: string): boolean {
    return /\/(?:ba|da|a|k|z)?sh$/u.test(program);
}

/** The shell that a command begins with, if the container does not have it. */
export async function lackedShell(
    container: Docker.Container,
    [program = '']: readonly string[],
): Promise<string | null> {
    if (!isShell(program)) return null;
    return (await statPath(container, program)) === null ? program : null;
}

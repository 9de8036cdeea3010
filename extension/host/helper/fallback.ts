import type { Helper } from './client.js';
import { HelperError, HelperGone } from './errors.js';

/**
 * Does something with a helper, and where there is none, or it cannot do it, or has ended meanwhile,
 * without it: Docker can do more than a process in the container, or says what is wrong.
 */
export async function orWithoutHelper<T>(
    helper: Helper | null,
    work: (helper: Helper) => Promise<T>,
    without: () => Promise<T>,
): Promise<T> {
    if (helper === null) return without();
    try {
        return await work(helper);
    } catch (error) {
        if (!isOfHelper(error)) throw error;
        return without();
    }
}

/** Whether something failed for nothing but that a helper ended, so that doing it again may help. */
export function isHelperGone(error: unknown): boolean {
    return causeOf(error) instanceof HelperGone;
}

function isOfHelper(error: unknown): boolean {
    return causeOf(error) instanceof HelperError || isHelperGone(error);
}

function causeOf(error: unknown): unknown {
    return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

import { HelperError, HelperGone } from './errors.js';

/**
 * Does something with a helper, and where that cannot do it or has ended meanwhile, without it:
 * Docker can do more than a process in the container, or says what is wrong.
 */
export async function orWithoutHelper<T>(
    work: () => Promise<T>,
    without: () => Promise<T>,
): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (!isOfHelper(error)) throw error;
        return without();
    }
}

function isOfHelper(error: unknown): boolean {
    const why = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return why instanceof HelperError || why instanceof HelperGone;
}

/** What leads on where somebody else made the container: it is not ours to replace. */
import type { ErrorCode, LivepushErrorShape } from '../api.js';
import { LivepushError } from '../common/errors.js';

const START_AGAIN = 'Start again: build and run a new one, or attach to another.';

/** Codes that a rebuild would mend, had we made the container. */
const MENDED_BY_REBUILD: ReadonlySet<ErrorCode> = new Set([
    'container-gone',
    'image-mismatch',
    'image-missing',
    'rebuild-needed',
]);

/** Codes of a container that was run in a way that it cannot be pushed to. */
const MENDED_BY_RUNNING_ANEW: ReadonlySet<ErrorCode> = new Set(['read-only', 'mounted-over']);

/** Why a rebuild is refused. */
export function notOurs(): LivepushError {
    const message = 'Livepush did not make this container, so it cannot rebuild it';
    return new LivepushError('rebuild-needed', message, { remedy: START_AGAIN });
}

/** The same error with a remedy that is not refused. */
export function ofAttached(error: LivepushErrorShape): LivepushErrorShape {
    const { code, message, output, lines, path, cause } = error;
    const remedy = MENDED_BY_REBUILD.has(code)
        ? START_AGAIN
        : MENDED_BY_RUNNING_ANEW.has(code)
          ? `${error.remedy} Then start again.`
          : null;
    if (remedy === null) return error;
    return new LivepushError(code, message, { remedy, output, lines, path, cause });
}

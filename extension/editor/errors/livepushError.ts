import type { LivepushErrorShape } from '../../host/api.js';

/** The host's errors carry a code; anything else is a defect and stays as it is. */
export function asLivepushError(error: unknown): LivepushErrorShape | null {
    return error instanceof Error && 'code' in error && 'remedy' in error
        ? (error as Error & LivepushErrorShape)
        : null;
}

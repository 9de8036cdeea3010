import { LivepushError, messageOf } from './common/errors.js';
import type { Planner } from './core/planner.js';

/** Tells the core the ignore file, and says where a build would refuse it. */
export function setIgnore(planner: Planner, text: string | null): void {
    try {
        planner.setIgnore(text);
    } catch (error) {
        throw new LivepushError('dockerfile-invalid', `.dockerignore: ${messageOf(error)}`, {
            remedy: 'Correct the ignore file; a build refuses it too.',
            path: '.dockerignore',
            cause: error,
        });
    }
}

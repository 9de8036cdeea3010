import type { PathProblem } from './protocol.js';

/**
 * The helper cannot be used in a container: its file system is read-only, its architecture is
 * another, something forbids it. What it would have done is done without it, more slowly.
 */
export class HelperUnavailable extends Error {
    public constructor(why: string, options?: ErrorOptions) {
        super(`The helper cannot run in the container: ${why}`, options);
        this.name = 'HelperUnavailable';
    }
}

/** The helper ended while it was needed: killed, or its container stopped. */
export class HelperGone extends Error {
    public constructor(why: string) {
        super(`The helper in the container has ended: ${why}`);
        this.name = 'HelperGone';
    }
}

/** The helper could not do what it was asked for. */
export class HelperError extends Error {
    /** `cancelled`, `user`, `mounted`, `protocol`, or the like of `ENOENT`. */
    public readonly code: string;
    public readonly path: string;

    public constructor(problem: PathProblem) {
        super(problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`);
        this.name = 'HelperError';
        this.code = problem.code;
        this.path = problem.path;
    }
}

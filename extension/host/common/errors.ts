import type { ErrorCode, Lines, LivepushErrorShape } from '../api.js';

export interface Details {
    readonly remedy?: string;
    /** What a failed command or an application printed last. */
    readonly output?: string;
    readonly lines?: Lines | null;
    readonly path?: string | null;
    readonly cause?: unknown;
}

/** Every error that leaves the host: what happened, where, and what to do about it. */
export class LivepushError extends Error implements LivepushErrorShape {
    public readonly code: ErrorCode;
    public readonly remedy: string;
    public readonly output: string;
    public readonly lines: Lines | null;
    public readonly path: string | null;

    public constructor(code: ErrorCode, message: string, details: Details = {}) {
        super(message, details.cause === undefined ? undefined : { cause: details.cause });
        this.name = 'LivepushError';
        this.code = code;
        this.remedy = details.remedy ?? '';
        this.output = details.output ?? '';
        this.lines = details.lines ?? null;
        this.path = details.path ?? null;
    }

    /** The same error with its place in the Dockerfile. */
    public at(lines: Lines | null): LivepushError {
        if (this.lines !== null || lines === null) return this;
        return new LivepushError(this.code, this.message, {
            remedy: this.remedy,
            output: this.output,
            lines,
            path: this.path,
            cause: this.cause,
        });
    }
}

/** What was thrown, as an error of ours. */
export function asLivepushError(thrown: unknown): LivepushError {
    if (thrown instanceof LivepushError) return thrown;
    return new LivepushError('internal', messageOf(thrown), {
        remedy: 'This is a bug in Livepush. Rebuild to get back to a known state.',
        cause: thrown,
    });
}

export function messageOf(thrown: unknown): string {
    return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What WebAssembly throws when it is broken off; Node has it, its types are only those of browsers. */
const { RuntimeError: Trap } = (
    globalThis as unknown as { WebAssembly: { RuntimeError: ErrorConstructor } }
).WebAssembly;

/** The core was broken off in the middle of a call; no session that it had can be used any more. */
export class CorePanic extends Error {
    public override readonly name = 'CorePanic';
}

/** Whether a call of the core was broken off: by a panic, an exhausted stack or memory. */
export function isTrap(thrown: unknown): boolean {
    if (thrown instanceof Trap || thrown instanceof RangeError) return true;
    if (!(thrown instanceof Error)) return false;
    // The last is what is thrown for a session of an instance that was given up.
    return thrown.name === 'CorePanic' || thrown.message.startsWith('Invalid stale object');
}

/** Whether the core was broken off: its session is never to be used again. */
export function isPanic(error: LivepushError | null): error is LivepushError {
    return isTrap(error?.cause);
}

export function cancelled(): LivepushError {
    return new LivepushError('cancelled', 'The push was cancelled', {
        remedy: 'Its work is part of the next push.',
    });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
    if (signal?.aborted === true) throw cancelled();
}

/** The errors that users of npm `livepush` look for. */

/** What the errors have in common: a message or another error, and the name of their class. */
class TypedError extends Error {
    public override readonly cause?: unknown;

    public constructor(error?: Error | string, cause?: unknown) {
        super(error instanceof Error ? error.message : error);
        this.name = new.target.name;
        const reason = cause ?? (error instanceof Error ? error : undefined);
        if (reason !== undefined) this.cause = reason;
    }
}

/** Docker or a step failed in a way that no event tells. */
export class RuntimeError extends TypedError {}

/** The container of the application or of a stage does not run. */
export class ContainerNotRunningError extends TypedError {}

/** What `Livepush.init` was given does not fit together. */
export class InvalidArgumentError extends TypedError {}

export class UnsupportedError extends TypedError {}

export class InternalInconsistencyError extends TypedError {}

/** The text is not a Dockerfile that can be built. */
export class DockerfileParseError extends TypedError {}

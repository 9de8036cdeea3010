/** The errors that users of npm `livepush` look for. */

export class RuntimeError extends Error {
    public constructor(message: string, options?: ErrorOptions) {
        super(message, options);
        this.name = new.target.name;
    }
}

export class ContainerNotRunningError extends RuntimeError {}

export class InvalidArgumentError extends RuntimeError {}

export class UnsupportedError extends RuntimeError {}

export class InternalInconsistencyError extends RuntimeError {}

export class DockerfileParseError extends RuntimeError {}

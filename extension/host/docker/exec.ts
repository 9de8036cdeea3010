import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { cancelled, throwIfAborted } from '../common/errors.js';
import { demultiplex, type Stream } from './demux.js';
import { fromDocker } from './errors.js';

/** One command as a container runs it: a list of words, never a text for a shell. */
export interface Command {
    readonly argv: readonly string[];
    readonly cwd: string;
    /** `NAME=value`; a bare `NAME` takes a variable of the container away. */
    readonly env: readonly string[];
    readonly user: string;
}

export interface ExecOptions {
    readonly onOutput?: (stream: Stream, data: Uint8Array) => void;
    /** Ends the command: by what `kill` does, since Docker has no call that ends an exec. */
    readonly signal?: AbortSignal | undefined;
    readonly kill?: () => Promise<void>;
}

/** Runs a command to its end and returns its exit code. */
export async function execute(
    docker: Docker,
    containerId: string,
    command: Command,
    { onOutput, signal, kill }: ExecOptions = {},
): Promise<number> {
    throwIfAborted(signal);
    const end = (): void => void kill?.().catch(() => undefined);
    try {
        const exec = await docker.getContainer(containerId).exec({
            Cmd: [...command.argv],
            Env: [...command.env],
            WorkingDir: command.cwd,
            User: command.user,
            AttachStdout: true,
            AttachStderr: true,
        });
        const output = (await exec.start({})) as unknown as Readable;
        signal?.addEventListener('abort', end, { once: true });
        throwIfAborted(signal);
        await demultiplex(output, (stream, data) => onOutput?.(stream, data));
        if (signal?.aborted === true) throw cancelled();
        const { ExitCode: code } = await exec.inspect();
        return code ?? 137;
    } catch (error) {
        if (signal?.aborted === true) {
            end();
            throw cancelled();
        }
        throw fromDocker(error, `Running ${command.argv.join(' ')}`);
    } finally {
        signal?.removeEventListener('abort', end);
    }
}

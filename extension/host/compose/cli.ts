/** Runs the Compose plugin of the docker command line, which decides what a Compose file means. */
import { spawn } from 'node:child_process';
import type Docker from 'dockerode';
import { cancelled, LivepushError } from '../common/errors.js';
import { connectionOf } from '../docker/client.js';

export interface ComposeCall {
    /** The folder of the Compose file. */
    readonly directory: string;
    /** All files, in order; none lets Compose find them. */
    readonly files: readonly string[];
    readonly profiles: readonly string[];
    /** How the command line reaches the same daemon; see `cliEnvironment`. */
    readonly environment: Environment;
}

export interface CallOptions {
    /** Told what the command prints about its progress. */
    readonly onOutput?: ((text: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** How much of what Compose printed an error tells. */
const TOLD_CHARACTERS = 2000;

/** Runs `docker compose …`, and returns what it writes to its standard output. */
export async function compose(
    call: ComposeCall,
    args: readonly string[],
    options: CallOptions = {},
): Promise<string> {
    const files = call.files.flatMap((file) => ['--file', file]);
    const profiles = call.profiles.flatMap((profile) => ['--profile', profile]);
    const all = ['compose', '--ansi', 'never', ...files, ...profiles, ...args];
    const { code, stdout, stderr } = await run(all, call, options);
    if (options.signal?.aborted === true) throw cancelled();
    if (code === 0) return stdout;
    throw failure(args[0] ?? '', stderr);
}

/** Variables that are set for the command; an undefined one is taken away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables by which the docker command line reaches the daemon of a handle. */
export async function cliEnvironment(docker: Docker): Promise<Environment> {
    const connection = connectionOf(docker);
    if (connection === null) return addressOf(docker);
    switch (connection.source) {
        case 'host-setting':
            return { DOCKER_HOST: connection.address, DOCKER_CONTEXT: undefined };
        case 'context-setting':
            return { DOCKER_CONTEXT: connection.context ?? undefined, DOCKER_HOST: undefined };
        case 'DOCKER_HOST':
        case 'DOCKER_CONTEXT':
        case 'current-context':
        case 'default':
            // The command line chooses the same by itself.
            return {};
    }
}

/** The address of a handle that somebody else opened. */
async function addressOf(docker: Docker): Promise<Environment> {
    const { socketPath, host, port } = docker.modem as {
        readonly socketPath?: string | (() => Promise<string>);
        readonly host?: string;
        readonly port?: string | number;
    };
    // The client looks for its default socket when it is first used.
    const path = typeof socketPath === 'function' ? await socketPath() : socketPath;
    if (path !== undefined) return { DOCKER_HOST: `unix://${path}` };
    if (host === undefined) return {};
    return { DOCKER_HOST: `tcp://${host}:${String(port ?? 2375)}` };
}

interface Outcome {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

function run(
    args: readonly string[],
    { directory, environment }: ComposeCall,
    { onOutput, signal }: CallOptions,
): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const child = spawn('docker', args, {
            cwd: directory,
            env: { ...process.env, ...environment },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        const stop = (): void => void child.kill('SIGINT');
        signal?.addEventListener('abort', stop, { once: true });
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
            stderr = (stderr + text).slice(-4 * TOLD_CHARACTERS);
            onOutput?.(text);
        });
        child.once('error', (error: NodeJS.ErrnoException) => reject(notThere(error)));
        child.once('close', (code) => {
            signal?.removeEventListener('abort', stop);
            resolve({ code, stdout, stderr });
        });
    });
}

function failure(command: string, stderr: string): LivepushError {
    if (/is not a docker command|unknown flag: --ansi/u.test(stderr)) return notThere(null);
    const text = stderr.trim().slice(-TOLD_CHARACTERS);
    return new LivepushError('compose-failed', `docker compose ${command} failed: ${text}`, {
        remedy: 'Fix what Compose reports; `docker compose config` reports it too.',
    });
}

function notThere(cause: NodeJS.ErrnoException | null): LivepushError {
    const what = cause === null ? 'its Compose plugin' : 'the docker command';
    return new LivepushError('compose-missing', `Compose projects need ${what}`, {
        remedy: 'Install Docker Desktop or the packages docker-cli and docker-compose-plugin.',
        cause,
    });
}

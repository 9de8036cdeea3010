import { Agent } from 'node:http';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import { fromDocker } from './errors.js';

/** Everything that we make carries this, and nothing without it is ever removed. */
export const SESSION_LABEL = 'livepush.session';

/**
 * Connections that stay open. The client writes all options of every request out for a log that
 * nobody reads; with the agent's sockets in them, that took longer than the request.
 */
class Connections extends Agent {
    public constructor() {
        super({ keepAlive: true });
    }

    public [inspect.custom](): string {
        return 'Connections';
    }
}

/**
 * A handle of the daemon with connections that stay open: a copy costs about as much as a
 * connection, so every call would be twice as slow without.
 */
export function dockerHandle(host?: string): Docker {
    // The client takes an agent, which its published types do not say.
    const open = (options: Docker.DockerOptions): Docker =>
        new Docker({ ...options, agent: new Connections() } as Docker.DockerOptions);
    if (host === undefined || host === '') return open({});
    const url = new URL(host);
    if (url.protocol === 'unix:') return open({ socketPath: url.pathname });
    if (url.protocol === 'npipe:') return open({ socketPath: url.pathname.slice(2) });
    const port = url.port === '' ? 2375 : Number(url.port);
    return open({ host: url.hostname, port, protocol: 'http' });
}

/** Runs one call to the daemon, and says what it was for when it fails. */
export async function ask<T>(doing: string, call: () => Promise<T>, path?: string): Promise<T> {
    try {
        return await call();
    } catch (error) {
        throw fromDocker(error, doing, path ?? null);
    }
}

/** A call that the client has no name for. */
export interface Dial {
    readonly path: string;
    readonly method: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    /** The answer is a stream: a body, or the connection itself where it is `hijack`ed. */
    readonly isStream?: boolean;
    readonly hijack?: boolean;
    readonly abortSignal?: AbortSignal | undefined;
    readonly statusCodes: Readonly<Record<number, boolean>>;
}

export function dial(docker: Docker, call: Dial): Promise<unknown> {
    const modem = docker.modem as unknown as {
        dial(call: Dial, done: (error: unknown, answer: unknown) => void): void;
    };
    return new Promise((resolve, reject) => {
        modem.dial(call, (error, answer) => {
            if (error instanceof Error) reject(error);
            else resolve(answer);
        });
    });
}

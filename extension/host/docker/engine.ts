import { Agent } from 'node:http';
import Docker from 'dockerode';
import { fromDocker } from './errors.js';

/** Everything that we make carries this, and nothing without it is ever removed. */
export const SESSION_LABEL = 'livepush.session';

/**
 * A handle of the daemon with connections that stay open: a copy costs about as much as a
 * connection, so every call would be twice as slow without.
 */
export function dockerHandle(host?: string): Docker {
    // The client takes an agent, which its published types do not say.
    const open = (options: Docker.DockerOptions): Docker =>
        new Docker({ ...options, agent: new Agent({ keepAlive: true }) } as Docker.DockerOptions);
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

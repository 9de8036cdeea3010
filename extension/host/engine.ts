/** All that an editor needs of the host; see `FrontEnd` in api.ts. */
import type Docker from 'dockerode';
import type {
    AttachOptions,
    ConnectionSettings,
    FoundSession,
    LiveSession,
    StartOptions,
} from './api.js';
import { ask, connectionOf, disconnect, openEngine } from './docker/client.js';
import { SETTINGS_LABEL } from './containers/labels.js';
import type { KeptSettings } from './containers/run.js';
import { Session } from './session/session.js';
import { cleanUp, removeLeft } from './session/cleanup.js';
import { findSessions, listContainers } from './session/discovery.js';

export { cleanUp, connectionOf, disconnect, findSessions, listContainers };

/**
 * A handle of the engine that the settings name, else of the one that the docker command line
 * would use: `DOCKER_HOST`, `DOCKER_CONTEXT`, the current context, the default socket. It is asked
 * once whether it answers. Throws a LivepushError `connection-invalid` or `daemon-unreachable`.
 *
 * @example const docker = await connect({ host: 'ssh://me@build-machine' });
 */
export async function connect(settings: ConnectionSettings | string = {}): Promise<Docker> {
    const docker = await openEngine(typeof settings === 'string' ? { host: settings } : settings);
    await ask('Asking whether Docker is there', () => docker.ping());
    return docker;
}

export function startSession(options: StartOptions): Promise<LiveSession> {
    return Session.start(options);
}

export function attachSession(options: AttachOptions): Promise<LiveSession> {
    return Session.attach(options);
}

export async function resumeSession(
    docker: Docker,
    found: FoundSession,
    signal?: AbortSignal,
): Promise<LiveSession> {
    const { Config: config } = await ask('Looking at the container', () =>
        docker.getContainer(found.containerId).inspect(),
    );
    const kept = JSON.parse(config.Labels[SETTINGS_LABEL] ?? '{}') as KeptSettings;
    await removeLeft(docker, found.id);
    if (!found.running) {
        await ask('Starting the container', () => docker.getContainer(found.containerId).start());
    }
    return Session.attach({
        docker,
        dockerfile: found.dockerfile,
        context: found.context,
        containerId: found.containerId,
        ...(kept.target === undefined ? {} : { target: kept.target }),
        ...(kept.buildArgs === undefined ? {} : { buildArgs: kept.buildArgs }),
        ...(kept.skipRestart === undefined ? {} : { skipRestart: kept.skipRestart }),
        ...(kept.restartContainer === undefined ? {} : { restartContainer: kept.restartContainer }),
        ...(signal === undefined ? {} : { signal }),
        session: found.id,
        own: true,
    });
}

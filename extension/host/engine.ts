/** All that an editor needs of the host; see `FrontEnd` in api.ts. */
import type Docker from 'dockerode';
import type { AttachOptions, FoundSession, LiveSession, StartOptions } from './api.js';
import { ask, dockerHandle } from './docker/client.js';
import { SETTINGS_LABEL } from './containers/labels.js';
import type { KeptSettings } from './containers/run.js';
import { Session } from './session/session.js';
import { cleanUp, removeLeft } from './session/cleanup.js';
import { findSessions, listContainers } from './session/discovery.js';

export { cleanUp, findSessions, listContainers };

/** The daemon at `host`, or where the environment says; it is asked once whether it answers. */
export async function connect(host?: string): Promise<Docker> {
    const docker = dockerHandle(host);
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

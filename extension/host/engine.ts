/** All that an editor needs of the host; see `FrontEnd` in api.ts. */
import type Docker from 'dockerode';
import type {
    AttachOptions,
    ConnectionSettings,
    ContextChoice,
    EngineConnection,
    EngineOffer,
    FoundSession,
    LiveSession,
    StartOptions,
} from './api.js';
import { ask, connectionOf, disconnect, openEngine } from './docker/client.js';
import { LivepushError } from './common/errors.js';
import { setStateFolder } from './common/stateFolder.js';
import { engineIdOf } from './docker/engineId.js';
import { ComposeProject as LiveComposeProject } from './compose/project.js';
import type { ComposeOptions, ComposeProject } from './compose/types.js';
import { chooseEngine } from './docker/connect/choose.js';
import { thisMachine } from './docker/connect/machine.js';
import { findEngines as findWellKnown, listContextChoices } from './docker/connect/wellKnown.js';
import { Session } from './session/session.js';
import { cleanUp } from './session/cleanup.js';
import { findSessions, listContainers } from './session/discovery.js';
import { readRecord } from './session/record.js';

export { cleanUp, connectionOf, disconnect, findSessions, listContainers, setStateFolder };

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

/** Which engine `connect` would speak to; throws a LivepushError `connection-invalid`. */
export async function chooseConnection(
    settings: ConnectionSettings = {},
): Promise<EngineConnection> {
    return (await chooseEngine(settings, thisMachine())).connection;
}

export function listContexts(): Promise<readonly ContextChoice[]> {
    return listContextChoices(thisMachine());
}

export function findEngines(): Promise<readonly EngineOffer[]> {
    return findWellKnown(thisMachine());
}

export function startSession(options: StartOptions): Promise<LiveSession> {
    return Session.start(options);
}

/**
 * Builds the live images of a Compose project, has Compose run it, and follows its containers.
 *
 * @example const project = await startComposeProject({ docker, directory: '/work/shop' });
 */
export function startComposeProject(options: ComposeOptions): Promise<ComposeProject> {
    return LiveComposeProject.start(options);
}

export function attachSession(options: AttachOptions): Promise<LiveSession> {
    return Session.attach(options);
}

/** Takes up a session that `findSessions` found. */
export async function resumeSession(
    docker: Docker,
    found: FoundSession,
    signal?: AbortSignal,
): Promise<LiveSession> {
    const record = await readRecord(found.id);
    const isSame =
        record?.containerId === found.containerId &&
        record.dockerfile === found.dockerfile &&
        record.context === found.context &&
        record.engine === (await engineIdOf(docker));
    if (!isSame) {
        throw new LivepushError('container-gone', 'This session was closed meanwhile', {
            remedy: 'Start again.',
        });
    }
    return Session.resume(docker, record, signal);
}

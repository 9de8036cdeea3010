/** All that an editor needs of the host; see `FrontEnd` in api.ts. */
import type Docker from 'dockerode';
import type {
    AttachOptions,
    CleanUpResult,
    ContainerChoice,
    FoundSession,
    LiveSession,
    StartOptions,
} from './api.js';
import { removeContainer } from './containers/buildContainer.js';
import { removeImage } from './docker/checkpoint.js';
import { ask, dockerHandle, SESSION_LABEL } from './docker/client.js';
import { removeInitVolumes } from './helper/init.js';
import { isHeld } from './session/lock.js';
import { likelyOf } from './session/candidates.js';
import {
    CONTEXT_LABEL,
    DOCKERFILE_LABEL,
    LIVE_LABEL,
    SETTINGS_LABEL,
    type KeptSettings,
} from './containers/run.js';
import { Session } from './session/session.js';

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

/** Sessions whose Dockerfile is one of these and that no living process holds. */
export async function findSessions(
    docker: Docker,
    dockerfiles: readonly string[],
): Promise<readonly FoundSession[]> {
    const found: FoundSession[] = [];
    for (const { Id, Names, Labels, State } of await liveContainers(docker)) {
        const session = Labels[SESSION_LABEL] ?? '';
        const dockerfile = Labels[DOCKERFILE_LABEL] ?? '';
        if (!dockerfiles.includes(dockerfile) || (await isHeld(session))) continue;
        found.push({
            id: session,
            dockerfile,
            context: Labels[CONTEXT_LABEL] ?? '',
            containerId: Id,
            containerName: nameOf(Names),
            running: State === 'running',
        });
    }
    return found;
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

/** What the process before it made for a session, but for the live container: nobody knows of it any more. */
async function removeLeft(docker: Docker, session: string): Promise<void> {
    const filters = JSON.stringify({ label: [`${SESSION_LABEL}=${session}`] });
    const made = await ask('Listing containers', () =>
        docker.listContainers({ all: true, filters }),
    );
    const left = made.filter(({ Labels: labels }) => !(LIVE_LABEL in labels));
    await Promise.all(left.map(({ Id }) => removeContainer(docker.getContainer(Id))));
    const images = await ask('Listing images', () => docker.listImages({ all: true, filters }));
    const live = made.find(({ Labels: labels }) => LIVE_LABEL in labels);
    for (const { Id } of images) if (Id !== live?.ImageID) await removeImage(docker, Id);
}

/** Containers to attach to, those that seem to be of the Dockerfile first. */
export async function listContainers(
    docker: Docker,
    dockerfile: string,
): Promise<readonly ContainerChoice[]> {
    const isLikely = await likelyOf(docker, dockerfile);
    const running = await ask('Listing containers', () => docker.listContainers());
    const choices: ContainerChoice[] = [];
    for (const container of running) {
        const session = container.Labels[SESSION_LABEL];
        const live = LIVE_LABEL in container.Labels;
        // What another process keeps live, or a session made for itself, is nothing to attach to.
        if (session !== undefined && (!live || (await isHeld(session)))) continue;
        choices.push({
            id: container.Id,
            name: nameOf(container.Names),
            image: container.Image.replace(/^sha256:([\da-f]{12})[\da-f]+$/u, '$1'),
            status: container.Status,
            likely: await isLikely(container),
        });
    }
    return choices.sort(
        (a, b) => Number(b.likely) - Number(a.likely) || (a.name < b.name ? -1 : 1),
    );
}

/** Removes what sessions left behind that are no more; live containers stay. */
export async function cleanUp(docker: Docker): Promise<CleanUpResult> {
    const filters = JSON.stringify({ label: [SESSION_LABEL] });
    const removed = { containers: 0, images: 0, volumes: 0 };
    const containers = await ask('Listing containers', () =>
        docker.listContainers({ all: true, filters }),
    );
    for (const { Id, Labels } of containers) {
        if (LIVE_LABEL in Labels || (await isHeld(Labels[SESSION_LABEL] ?? ''))) continue;
        await removeContainer(docker.getContainer(Id));
        removed.containers += 1;
    }
    const images = await ask('Listing images', () => docker.listImages({ all: true, filters }));
    for (const { Id, Labels } of images) {
        if (await isHeld((Labels as Record<string, string> | null)?.[SESSION_LABEL] ?? ''))
            continue;
        // One that a live container still uses is refused by Docker, and stays.
        const gone = await docker
            .getImage(Id)
            .remove()
            .then(
                () => true,
                () => false,
            );
        if (gone) removed.images += 1;
    }
    const { Volumes: volumes } = await ask('Listing volumes', () =>
        docker.listVolumes({ filters }),
    );
    for (const { Name, Labels } of volumes) {
        if (await isHeld((Labels as Record<string, string> | null)?.[SESSION_LABEL] ?? ''))
            continue;
        const gone = await docker
            .getVolume(Name)
            .remove()
            .then(
                () => true,
                () => false,
            );
        if (gone) removed.volumes += 1;
    }
    removed.volumes += await removeInitVolumes(docker);
    return removed;
}

function liveContainers(docker: Docker): Promise<Docker.ContainerInfo[]> {
    const filters = JSON.stringify({ label: [LIVE_LABEL] });
    return ask('Listing sessions', () => docker.listContainers({ all: true, filters }));
}

function nameOf(names: readonly string[]): string {
    return (names[0] ?? '').replace(/^\//u, '');
}

import type Docker from 'dockerode';
import type { ContainerChoice, FoundSession } from '../api.js';
import { ask, SESSION_LABEL } from '../docker/client.js';
import { isHeld } from './lock.js';
import { likelyOf } from './candidates.js';
import { CONTEXT_LABEL, DOCKERFILE_LABEL, LIVE_LABEL } from '../containers/labels.js';

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

function liveContainers(docker: Docker): Promise<Docker.ContainerInfo[]> {
    const filters = JSON.stringify({ label: [LIVE_LABEL] });
    return ask('Listing sessions', () => docker.listContainers({ all: true, filters }));
}

function nameOf(names: readonly string[]): string {
    return (names[0] ?? '').replace(/^\//u, '');
}

import type Docker from 'dockerode';
import type { ContainerChoice, FoundSession } from '../api.js';
import { ask } from '../docker/client.js';
import { engineIdOf } from '../docker/engineId.js';
import { isHeld } from './lock.js';
import { likelyOf } from './candidates.js';
import { readRecord, type SessionRecord, sessionIds } from './record.js';

/** Sessions of this user whose Dockerfile is one of these and that no living process has. */
export async function findSessions(
    docker: Docker,
    dockerfiles: readonly string[],
): Promise<readonly FoundSession[]> {
    const records = (await recordsOf(docker)).filter(({ dockerfile }) =>
        dockerfiles.includes(dockerfile),
    );
    if (records.length === 0) return [];
    const containers = await ask('Listing sessions', () => docker.listContainers({ all: true }));
    const found: FoundSession[] = [];
    for (const { id, dockerfile, context, containerId } of records) {
        const container = containers.find(({ Id }) => Id === containerId);
        if (container === undefined || (await isHeld(id))) continue;
        found.push({
            id,
            dockerfile,
            context,
            containerId,
            containerName: nameOf(container.Names),
            running: container.State === 'running',
        });
    }
    return found;
}

/** Names that only build containers have: no image passes them on. */
const BUILD_CONTAINER = /^livepush-build-[\da-f]{16}$/u;

/** Containers to attach to, those that seem to be of the Dockerfile first. */
export async function listContainers(
    docker: Docker,
    dockerfile: string,
): Promise<readonly ContainerChoice[]> {
    const records = await recordsOf(docker);
    const isLikely = await likelyOf(docker, dockerfile);
    const running = await ask('Listing containers', () => docker.listContainers());
    const choices: ContainerChoice[] = [];
    for (const container of running) {
        const name = nameOf(container.Names);
        const record = records.find(({ containerId }) => containerId === container.Id);
        // What another process keeps live, or a session made for itself, cannot be attached to.
        if (BUILD_CONTAINER.test(name)) continue;
        if (record !== undefined && (await isHeld(record.id))) continue;
        choices.push({
            id: container.Id,
            name,
            image: container.Image.replace(/^sha256:([\da-f]{12})[\da-f]+$/u, '$1'),
            status: container.Status,
            likely:
                record === undefined ? await isLikely(container) : record.dockerfile === dockerfile,
        });
    }
    return choices.sort(
        (a, b) => Number(b.likely) - Number(a.likely) || (a.name < b.name ? -1 : 1),
    );
}

/** The records of sessions whose container this daemon has, or had. */
async function recordsOf(docker: Docker): Promise<SessionRecord[]> {
    const engine = await engineIdOf(docker);
    const records = await Promise.all((await sessionIds()).map(readRecord));
    return records.filter((record) => record?.engine === engine) as SessionRecord[];
}

function nameOf(names: readonly string[]): string {
    return (names[0] ?? '').replace(/^\//u, '');
}

/** The containers that Compose made for a project. */
import type Docker from 'dockerode';
import { ask } from '../docker/client.js';

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const ONE_OFF = 'com.docker.compose.oneoff';

export interface ServiceContainer {
    readonly id: string;
    readonly service: string;
}

/** The running containers of a project, without those of `docker compose run`. */
export async function serviceContainers(
    docker: Docker,
    project: string,
): Promise<readonly ServiceContainer[]> {
    const filters = JSON.stringify({ label: [`${PROJECT}=${project}`, `${ONE_OFF}=False`] });
    const found = await ask('Listing containers', () => docker.listContainers({ filters }));
    return found.map(({ Id: id, Labels: labels }) => ({ id, service: labels[SERVICE] ?? '' }));
}

/** Calls back whenever a container of a project starts or is removed, until the stream is closed. */
export async function followContainers(
    docker: Docker,
    project: string,
    onChange: () => void,
): Promise<{ close(): void }> {
    const filters = JSON.stringify({
        type: ['container'],
        event: ['start', 'destroy'],
        label: [`${PROJECT}=${project}`],
    });
    const events = (await ask('Following the project', () =>
        docker.getEvents({ filters }),
    )) as NodeJS.ReadableStream & { destroy(): void };
    events.on('data', onChange);
    // Where the daemon breaks off, the sessions of the containers notice it themselves.
    events.on('error', () => undefined);
    return { close: () => events.destroy() };
}

/** Whether there still is a container, running or not. */
export async function exists(docker: Docker, id: string): Promise<boolean> {
    return docker
        .getContainer(id)
        .inspect()
        .then(
            () => true,
            () => false,
        );
}

import type Docker from 'dockerode';
import type { CleanUpResult } from '../api.js';
import { removeContainer } from '../containers/buildContainer.js';
import { removeImage } from '../docker/checkpoint.js';
import { ask, SESSION_LABEL } from '../docker/client.js';
import { removeInitVolumes } from '../helper/init.js';
import { isHeld } from './lock.js';
import { LIVE_LABEL } from '../containers/labels.js';

/** What the process before it made for a session, but for the live container: nobody knows of it any more. */
export async function removeLeft(docker: Docker, session: string): Promise<void> {
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

import type Docker from 'dockerode';
import type { Difference } from './api.js';
import { removeContainer } from './containers/buildContainer.js';
import { ask } from './docker/client.js';
import type { LiveContainer } from './containers/liveContainer.js';
import { compareListings, isAtOrBelow, isOfTheImage } from './files/compare.js';
import { listPath } from './files/listing.js';

/** Every path in which a container differs from a new one of an image, where nothing is mounted. */
export async function differences(
    docker: Docker,
    image: string,
    live: LiveContainer,
    mounts: Docker.ContainerInspectInfo['Mounts'],
): Promise<readonly Difference[]> {
    const fresh = await ask('Making a container to compare with', () =>
        docker.createContainer({ Image: image, Cmd: ['-'], Entrypoint: [] }),
    );
    try {
        const mounted = mounts.map(({ Destination: path }) => path);
        const isCompared = (path: string): boolean =>
            isOfTheImage(path) && !isAtOrBelow(path, mounted);
        return compareListings(await listPath(fresh, '/'), await live.tree(), isCompared);
    } finally {
        await removeContainer(fresh);
    }
}

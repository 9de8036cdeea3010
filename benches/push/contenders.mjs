/** Who is measured. Each opens a project and then carries changes of it into its own container. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { openComposeWatch } from './composeWatch.mjs';
import { build, createContainer } from './project.mjs';

const require = createRequire(import.meta.url);

/** `docker` and the folder of a project in; `push(changes)` and `close()` out, or null. */
export const contenders = {
    floor: openFloor,
    livepush: openOurs,
    'npm livepush': openPeer,
    'compose watch': openComposeWatch,
};

async function openFloor(docker, folder, change) {
    const images = await build(folder, stageCount(change));
    const [live, ...stages] = await Promise.all(
        images.toReversed().map((image, index) => createContainer(docker, image, index > 0)),
    );
    return {
        container: live,
        push: () => change.floor({ live, stages, folder }),
        close: () => removeAll([live, ...stages]),
    };
}

async function openOurs(docker, folder) {
    const { startSession } = require('../../dist/livepush.js');
    const dockerfile = join(folder, 'Dockerfile');
    const session = await startSession({ docker, dockerfile, context: folder, ports: [] });
    return {
        container: docker.getContainer(session.containerId),
        async push(changes) {
            const result = await session.push(changes);
            if (result.outcome !== 'done') throw new Error(result.error?.message ?? result.outcome);
        },
        close: () => session.close({ removeContainer: true }),
    };
}

async function openPeer(docker, folder, change) {
    const { Livepush, Dockerfile } = require('npm-livepush');
    const dockerfile = new Dockerfile(readFileSync(join(folder, 'Dockerfile')));
    const live = dockerfile.generateLiveDockerfile();
    const images = await build(folder, stageCount(change), live);
    const container = await createContainer(docker, images.at(-1));
    const livepush = await Livepush.init({
        ...{ dockerfile, docker, context: folder, containerId: container.id },
        stageImages: images.slice(0, -1),
    });
    return {
        container,
        push: ({ updated, deleted }) => livepush.performLivepush([...updated], [...deleted]),
        async close() {
            await livepush.cleanupIntermediateContainers();
            await removeAll([container]);
        },
    };
}

const stageCount = ({ dockerfile }) => dockerfile.filter((line) => line.startsWith('FROM')).length;

const removeAll = (containers) =>
    Promise.all(containers.map((container) => container.remove({ force: true })));

import type Docker from 'dockerode';
import { IMAGE_LABEL } from '../docker/objects.js';
import { build } from './build.js';
import { memoryFile } from './fileSync.js';

/**
 * An image of what BuildKit has pulled under a name: it keeps that in a cache of its own, where
 * Docker cannot be asked for it. With a digest in the name it is never a newer one.
 */
export function externalImage(
    docker: Docker,
    reference: string,
    session: string,
    tag: string,
): Promise<string> {
    return build(docker, {
        files: {
            dockerfile: () => memoryFile('Dockerfile', `FROM ${reference}\n`),
            context: nothing,
        },
        name: 'livepush external image',
        buildArgs: {},
        labels: { [IMAGE_LABEL]: session },
        tag,
    });
}

async function* nothing(): AsyncGenerator<never> {
    // It has no context.
}

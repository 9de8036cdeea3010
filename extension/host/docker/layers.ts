import type Docker from 'dockerode';
import { LivepushError } from '../common/errors.js';
import { ask } from './client.js';

/** A step of a stage as far as its layer tells. */
export interface LayerStep {
    readonly keyword: string;
    readonly layer: boolean;
}

/** What BuildKit writes in front of each instruction in an image's history. */
const KEYWORD = /^(?:\|\d+ .*?)?(RUN|COPY|ADD|WORKDIR)\b/u;

/**
 * How many layers an image had before the steps of its last stage: BuildKit makes one for each
 * step that touches the filesystem, an empty one too. The history must say the same, else the
 * image is not one of this Dockerfile and no checkpoint may be cut from it.
 */
export async function layersBelow(
    docker: Docker,
    image: string,
    steps: readonly LayerStep[],
): Promise<number> {
    const doing = `Looking at image ${image}`;
    const inspected = await ask(doing, () => docker.getImage(image).inspect());
    const history: unknown = await ask(doing, () => docker.getImage(image).history());
    const made = (history as { CreatedBy: string }[])
        .map(({ CreatedBy: text }) => KEYWORD.exec(text)?.[1])
        .filter((keyword) => keyword !== undefined);
    const expected = steps
        .filter((step) => step.layer)
        .map((step) => step.keyword.toUpperCase())
        .reverse();
    const differs = expected.findIndex((keyword, index) => made[index] !== keyword);
    const count = (inspected.RootFS.Layers ?? []).length - expected.length;
    if (differs === -1 && count >= 0) return count;
    throw new LivepushError(
        'image-mismatch',
        `Image ${image} was not made by this Dockerfile: counted from its end, step ` +
            `${(differs === -1 ? expected.length : differs) + 1} of the image is ` +
            `${made[differs] ?? 'missing'} where the Dockerfile has ${expected[differs] ?? 'one'}`,
        { remedy: 'Rebuild with Livepush, so that image and Dockerfile agree.' },
    );
}

import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { layeredImage } from '../buildkit/content.js';
import { externalImage } from '../buildkit/externalImage.js';
import { imageOfLayers } from '../docker/checkpoint.js';
import type { LayeredImage } from '../docker/checkpoint.js';
import { layersBelow, type LayerStep } from '../docker/layers.js';
import { noteImage, removeImage, sessionTag } from '../docker/objects.js';
import { wholeName } from '../docker/reference.js';
import { LivepushError } from '../common/errors.js';
import { remembered } from '../common/remembered.js';

/** An image of the first layers of another one, and how many they are. */
export interface Layers {
    readonly image: string;
    readonly count: number;
}

/** Images of states that layers hold: of stages before a step, of images that are copied from. */
export class Checkpoints {
    readonly #docker: Docker;
    readonly #session: string;
    readonly #pulled: ReadonlyMap<string, string>;
    readonly #whole = new Map<string, Promise<LayeredImage>>();
    readonly #layers = new Map<string, Promise<Layers>>();
    readonly #made = new Set<string>();

    /** `pulled` has what the build took from registries, by whole names. */
    public constructor(docker: Docker, session: string, pulled: ReadonlyMap<string, string>) {
        this.#docker = docker;
        this.#session = session;
        this.#pulled = pulled;
    }

    /** A stage's image after so many of its own steps. */
    public afterSteps(image: string, steps: readonly LayerStep[], count: number): Promise<Layers> {
        return remembered(this.#layers, `${image}/${count}`, async () => {
            const whole = (await layersBelow(this.#docker, image, steps)) + count;
            return { image: await this.cut(image, whole), count: whole };
        });
    }

    /** An image of the first layers of another one. */
    public async cut(image: string, count: number): Promise<string> {
        const whole = await remembered(this.#whole, image, () => layeredImage(this.#docker, image));
        const made = await imageOfLayers(this.#docker, whole, count, this.#session);
        this.#made.add(made);
        return made;
    }

    /** An image that the Dockerfile copies from, without its own configuration. */
    public async external(name: string): Promise<string> {
        const whole = await this.#external(name);
        return this.cut(whole, (await layeredImage(this.#docker, whole)).layers.length);
    }

    public async close(): Promise<void> {
        await Promise.allSettled([...this.#layers.values(), ...this.#whole.values()]);
        for (const image of this.#made) await removeImage(this.#docker, image);
        this.#made.clear();
        this.#layers.clear();
        this.#whole.clear();
    }

    /** The image itself, where Docker has it, else one of what BuildKit has. */
    async #external(name: string): Promise<string> {
        try {
            await layeredImage(this.#docker, name);
            return name;
        } catch (error) {
            if (!(error instanceof LivepushError) || error.code !== 'image-missing') throw error;
        }
        const reference = this.#pulled.get(wholeName(name)) ?? name;
        const tag = sessionTag(this.#session, `external-${randomUUID()}`);
        const made = await externalImage(this.#docker, reference, this.#session, tag);
        await noteImage(this.#docker, this.#session, made);
        this.#made.add(made);
        return made;
    }
}

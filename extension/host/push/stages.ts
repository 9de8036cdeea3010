import type Docker from 'dockerode';
import { BuildContainer } from '../containers/buildContainer.js';
import { removeImage } from '../docker/objects.js';
import { LivepushError } from '../common/errors.js';
import { remembered } from '../common/remembered.js';
import { differingPaths, type Origins } from '../files/origins.js';
import type { Checkpoint, Outline } from '../core/planner.js';
import type { Checkpoints, Layers } from './checkpoints.js';
import { Spares } from './warmContainers.js';

/**
 * A state of a stage in a container. `base` and `delta` say how it came to be: the state of the
 * original image after so many of its layers, and all paths that replays changed since.
 */
export interface StageState {
    readonly build: BuildContainer;
    readonly base: number;
    readonly delta: ReadonlySet<string>;
}

interface Kept {
    readonly image: string;
    readonly base: number;
    readonly delta: ReadonlySet<string>;
}

/** The stages of a session in Docker: their images, their states, and what is being replayed. */
export class Stages {
    readonly #docker: Docker;
    readonly #session: string;
    readonly #outline: Outline;
    readonly #images: readonly (string | null)[];
    readonly #current = new Map<number, Promise<StageState>>();
    readonly #building = new Map<number, StageState & { readonly image: string }>();
    readonly #kept = new Map<string, Kept>();
    readonly #checkpoints: Checkpoints;
    readonly #external = new Map<string, Promise<BuildContainer>>();
    readonly #references = new Map<number, Promise<BuildContainer>>();
    readonly #origins = new Map<number, Promise<Origins>>();
    readonly #dropped: BuildContainer[] = [];
    readonly #leaving = new Set<Promise<unknown>>();
    /** Images that nobody asks for any more, but that a container still needed. */
    readonly #inUse = new Set<string>();
    readonly #spares = new Spares((image) => this.#create(image));

    /** `images` has one for each stage that is needed; the target's is that of the live container. */
    public constructor(
        docker: Docker,
        session: string,
        outline: Outline,
        images: readonly (string | null)[],
        checkpoints: Checkpoints,
    ) {
        this.#docker = docker;
        this.#session = session;
        this.#outline = outline;
        this.#images = images;
        this.#checkpoints = checkpoints;
    }

    /** An image of a stage after so many of its own layers. */
    public async layers(stage: number, count: number): Promise<Layers> {
        const steps = this.#outline.stages[stage]?.steps ?? [];
        const layered = steps.map(({ keyword }) => ({ keyword, layer: true }));
        return this.#checkpoints.afterSteps(this.#image(stage), layered, count);
    }

    /**
     * The state that a stage has now: its end, and of the target that before its trailing steps.
     * Its container is made when somebody first looks.
     */
    public current(stage: number): Promise<StageState> {
        return remembered(this.#current, stage, async () => {
            const it = this.#outline.stages[stage];
            const isTarget = stage === this.#outline.target;
            const steps = (isTarget ? it?.trailing : it?.steps.length) ?? 0;
            const { image, count } = await this.layers(stage, steps);
            const build = await this.#create(image);
            return { build, base: count, delta: new Set<string>() };
        });
    }

    /** Runs `look` on the state that a stage had when the session began. */
    public async original<T>(
        stage: number,
        look: (build: BuildContainer) => Promise<T>,
    ): Promise<T> {
        const steps = this.#outline.stages[stage]?.steps.length ?? 0;
        const build = await this.#create((await this.layers(stage, steps)).image);
        try {
            return await look(build);
        } finally {
            this.#leave(build.remove());
        }
    }

    /** The container to look at: the one that is being built, else that of the current state. */
    public async pristine(stage: number): Promise<BuildContainer> {
        return this.#building.get(stage)?.build ?? (await this.current(stage)).build;
    }

    public building(stage: number): BuildContainer {
        const state = this.#building.get(stage);
        if (state === undefined) throw new Error(`Stage ${stage} is not being built`);
        return state.build;
    }

    /** Begins a replay. */
    public async prepare(stage: number, checkpoint: Checkpoint): Promise<void> {
        this.abandon(stage);
        const from = await this.#checkpoint(checkpoint);
        const build = await this.#spares.take(stage, from.image);
        this.#building.set(stage, { ...from, build });
    }

    /** Keeps what has been built so far under a name that later plans may ask for. */
    public async keep(stage: number, name: string): Promise<void> {
        const state = this.#building.get(stage);
        if (state === undefined) return;
        const changed = await state.build.changed();
        const image = await state.build.commit();
        this.#kept.set(name, {
            image,
            base: state.base,
            delta: new Set([...state.delta, ...changed]),
        });
    }

    public forget(name: string): void {
        const kept = this.#kept.get(name);
        this.#kept.delete(name);
        if (kept === undefined) return;
        const removed = async (): Promise<void> => {
            await this.#removeDropped();
            await this.#spares.drop(kept.image);
            if (!(await removeImage(this.#docker, kept.image))) this.#inUse.add(kept.image);
        };
        this.#leave(removed());
    }

    /** What was built is the stage's state from now on. */
    public async promote(stage: number): Promise<void> {
        const built = this.#building.get(stage);
        if (built === undefined) return;
        const before = await this.#current.get(stage);
        // Only of the target anybody will ask, to find what the live container has to follow.
        const changed = stage === this.#outline.target ? await built.build.changed() : [];
        const delta = new Set([...built.delta, ...changed]);
        this.#building.delete(stage);
        this.#current.set(stage, Promise.resolve({ build: built.build, base: built.base, delta }));
        this.#spares.expect(stage, built.image);
        if (before !== undefined) this.drop(before);
    }

    /** After a push: removes what it left, and makes ready what the next most likely begins with. */
    public tidy(): void {
        // Their names may be gone, or stand for something else, when a push first needs them.
        for (const name of this.#outline.copiedImages) this.#leave(this.external(name));
        this.#leave(this.#removeDropped());
        this.#spares.make();
    }

    /** Gives up a replay that did not come to its end. */
    public abandon(stage: number): void {
        const state = this.#building.get(stage);
        this.#building.delete(stage);
        if (state !== undefined) this.drop(state);
    }

    public abandonAll(): void {
        for (const stage of [...this.#building.keys()]) this.abandon(stage);
    }

    /** Has a state's container removed, once no push has to share the daemon with that. */
    public drop(state: StageState): void {
        this.#dropped.push(state.build);
    }

    /** The target's image after so many of its layers, in a container that nothing changes. */
    public reference(count: number): Promise<BuildContainer> {
        return remembered(this.#references, count, async () =>
            this.#create(await this.#checkpoints.cut(this.#image(this.#outline.target), count)),
        );
    }

    /** All paths in which the target's image can differ after so many of its layers each. */
    public async differing(one: number, other: number): Promise<ReadonlySet<string>> {
        const [before, after] = await Promise.all([this.#originsOf(one), this.#originsOf(other)]);
        return differingPaths(before, after);
    }

    /** An image with nothing in it, for containers that only carry something. */
    public empty(): Promise<string> {
        return this.#checkpoints.cut(this.#image(this.#outline.target), 0);
    }

    /** The layers of the state that a replay of the target begins with, or null. */
    public baseOfReplay(): number | null {
        return this.#building.get(this.#outline.target)?.base ?? null;
    }

    /** A container of an image that the Dockerfile copies from, never started. */
    public external(name: string): Promise<BuildContainer> {
        return remembered(this.#external, name, async () =>
            this.#create(await this.#checkpoints.external(name)),
        );
    }

    /** Removes all containers that were made here. */
    public async removeContainers(): Promise<void> {
        this.abandonAll();
        await this.#spares.close();
        const states = await Promise.allSettled(this.#current.values());
        for (const state of states) if (state.status === 'fulfilled') this.drop(state.value);
        const kept = [...this.#external.values(), ...this.#references.values()];
        for (const made of await Promise.allSettled(kept)) {
            if (made.status === 'fulfilled') this.#leave(made.value.remove());
        }
        await this.#removeDropped();
        await Promise.all(this.#leaving);
    }

    /** Removes all containers and images that were made here. */
    public async close(): Promise<void> {
        await this.removeContainers();
        for (const image of [...this.#kept.values()].reverse()) {
            await removeImage(this.#docker, image.image);
        }
        await this.#checkpoints.close();
        this.#current.clear();
        this.#external.clear();
        this.#references.clear();
        this.#origins.clear();
        this.#kept.clear();
    }

    async #checkpoint(checkpoint: Checkpoint): Promise<Kept> {
        if (checkpoint.kind === 'kept') {
            const kept = this.#kept.get(checkpoint.checkpoint);
            if (kept === undefined) throw new Error(`No checkpoint ${checkpoint.checkpoint}`);
            return kept;
        }
        const steps = checkpoint.of - checkpoint.without;
        const { image, count } = await this.layers(checkpoint.stage, steps);
        return { image, base: count, delta: new Set() };
    }

    #image(stage: number): string {
        const image = this.#images[stage] ?? null;
        if (image === null) throw noImage(stage);
        return image;
    }

    #originsOf(count: number): Promise<Origins> {
        return remembered(this.#origins, count, async () =>
            (await this.reference(count)).origins(),
        );
    }

    #create(image: string): Promise<BuildContainer> {
        return BuildContainer.create(this.#docker, image, this.#session);
    }

    async #removeDropped(): Promise<void> {
        await Promise.all(this.#dropped.splice(0).map((build) => build.remove()));
        for (const image of this.#inUse) {
            if (await removeImage(this.#docker, image)) this.#inUse.delete(image);
        }
    }

    #leave(work: Promise<unknown>): void {
        const left = work.catch(() => undefined).finally(() => this.#leaving.delete(left));
        this.#leaving.add(left);
    }
}

function noImage(stage: number): LivepushError {
    return new LivepushError('image-missing', `Stage ${stage} has no image`, {
        remedy: 'Rebuild, which makes the images of all stages.',
    });
}

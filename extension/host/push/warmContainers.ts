import type { BuildContainer } from '../containers/buildContainer.js';

interface Spare {
    readonly image: string;
    readonly build: Promise<BuildContainer>;
}

/**
 * Build containers that run before anybody needs them. What is edited once is edited again, so
 * the next replay of a stage most likely begins where its last one did; making and starting a
 * container takes longer than most steps.
 */
export class Spares {
    readonly #create: (image: string) => Promise<BuildContainer>;
    /** For each stage the image that its last replay began with. */
    readonly #expected = new Map<number, string>();
    readonly #made = new Map<number, Spare>();
    #closed = false;

    public constructor(create: (image: string) => Promise<BuildContainer>) {
        this.#create = create;
    }

    /** Says what the next replay of a stage will most likely begin with. */
    public expect(stage: number, image: string): void {
        this.#expected.set(stage, image);
    }

    /** Makes those that are expected and not there. */
    public make(): void {
        for (const [stage, image] of this.#expected) {
            const there = this.#made.get(stage);
            if (there?.image === image || this.#closed) continue;
            if (there !== undefined) void remove(there);
            const build = this.#create(image).then(async (made) => {
                // Where no helper runs, one that is kept could not be told from one that was ended.
                if (!(await made.warmUp())) this.#expected.delete(stage);
                return made;
            });
            // Whoever takes it makes another one.
            build.catch(() => undefined);
            this.#made.set(stage, { image, build });
        }
    }

    /** A container of an image that nothing was done in, for a replay of a stage. */
    public async take(stage: number, image: string): Promise<BuildContainer> {
        const spare = this.#made.get(stage);
        if (spare?.image !== image) return this.#create(image);
        this.#made.delete(stage);
        const build = await spare.build.catch(() => null);
        if (build?.isWarm === true) return build;
        await build?.remove();
        return this.#create(image);
    }

    /** Removes those of an image that is about to be removed. */
    public async drop(image: string): Promise<void> {
        for (const [stage, expected] of this.#expected) {
            if (expected === image) this.#expected.delete(stage);
        }
        for (const [stage, spare] of [...this.#made]) {
            if (spare.image !== image) continue;
            this.#made.delete(stage);
            await remove(spare);
        }
    }

    public async close(): Promise<void> {
        this.#closed = true;
        const spares = [...this.#made.values()];
        this.#made.clear();
        await Promise.all(spares.map(remove));
    }
}

async function remove({ build }: Spare): Promise<void> {
    const made = await build.catch(() => null);
    await made?.remove();
}

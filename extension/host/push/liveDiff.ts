import { differenceOf, isOfTheImage } from '../files/compare.js';
import type { Listing, TreeEntry } from '../files/listing.js';
import type { Stages, StageState } from './stages.js';

/** What a replay of the target changed, as it was before or is now. */
export interface Changed {
    readonly dirty: readonly string[];
    /** Directories that are none any more: what the trailing steps put below them went with them. */
    readonly replaced: readonly string[];
    /** To be called once the live container follows. */
    readonly carried: () => void;
}

const NOTHING: Changed = { dirty: [], replaced: [], carried: () => undefined };

/**
 * Knows which state of the target the live container follows, and what another one changes. Only
 * paths that some replay or layer touched are looked at; those that came out as they were are not
 * written, so that what the application made of them stays.
 */
export class Mirror {
    readonly #stages: Stages;
    readonly #target: number;
    /** What the live container follows, where that is no longer the image. */
    readonly #known = new Map<string, TreeEntry | null>();
    #live: Pick<StageState, 'base' | 'delta'> | null = null;
    #image = 0;

    public constructor(stages: Stages, target: number) {
        this.#stages = stages;
        this.#target = target;
    }

    /** Notes what the live container follows, before a first replay takes it away. */
    public async begin(): Promise<void> {
        if (this.#live !== null) return;
        const { base, delta } = await this.#stages.current(this.#target);
        this.#live = { base, delta };
        this.#image = base;
    }

    /** All paths that replays have touched in the live container, besides what its image holds. */
    public get touched(): ReadonlySet<string> {
        return new Set([...this.#known.keys(), ...(this.#live?.delta ?? [])]);
    }

    /** Finds out ahead of time, while commands run, what the comparison will need. */
    public foresee(): void {
        const base = this.#stages.baseOfReplay();
        if (this.#live === null || base === null || base === this.#live.base) return;
        this.#stages.differing(this.#live.base, base).catch(() => undefined);
    }

    public async changed(): Promise<Changed> {
        const live = this.#live;
        if (live === null) return NOTHING;
        const current = await this.#stages.current(this.#target);
        if (current.delta === live.delta && current.base === live.base) return NOTHING;
        const candidates = [...(await this.#candidates(live, current))].filter(isOfTheImage).sort();
        const [now, image] = await Promise.all([
            current.build.list(candidates),
            this.#ofImage(candidates.filter((path) => !this.#known.has(path))),
        ]);
        const dirty: string[] = [];
        const replaced: string[] = [];
        for (const path of candidates) {
            const known = this.#known.get(path);
            const then = known === undefined ? (image.get(path) ?? null) : known;
            const there = now.get(path) ?? null;
            if (isSame(then, there)) continue;
            dirty.push(path);
            if (then?.kind === 'directory' && there?.kind !== 'directory') replaced.push(path);
        }
        const carried = (): void => {
            for (const path of candidates) this.#known.set(path, now.get(path) ?? null);
            this.#live = { base: current.base, delta: current.delta };
        };
        return { dirty, replaced, carried };
    }

    /** All paths in which two states can differ. */
    async #candidates(
        live: Pick<StageState, 'base' | 'delta'>,
        current: StageState,
    ): Promise<Set<string>> {
        const paths = new Set([...live.delta, ...current.delta]);
        if (live.base === current.base) return paths;
        const differing = await this.#stages.differing(live.base, current.base);
        return new Set([...paths, ...differing]);
    }

    async #ofImage(paths: readonly string[]): Promise<Listing> {
        return (await this.#stages.reference(this.#image)).list(paths);
    }
}

function isSame(a: TreeEntry | null, b: TreeEntry | null): boolean {
    return a === null || b === null ? a === b : differenceOf(a, b) === null;
}

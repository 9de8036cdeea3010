import { core } from '../core/wasm.js';
import { messageOf } from '../common/errors.js';
import type { OutlineStage } from '../core/planner.js';
import { DockerfileParseError } from './errors.js';

/** A stage of the live Dockerfile, as npm `livepush` describes it. */
export interface Stage extends Omit<OutlineStage, 'name'> {
    /** Its place in the file, from 0. */
    readonly index: number;
    /** The name behind `AS`, else its index as text. */
    readonly name: string;
    /** Stages that it copies from or is made from. */
    readonly dependentOnStages: readonly number[];
    readonly isLast: boolean;
}

/** A Dockerfile, in its original or already in its live form. */
export class Dockerfile {
    /** The text as it was given. */
    public readonly content: string;
    /** The stages of the live Dockerfile, in order. */
    public readonly stages: readonly Stage[];
    /** What `#dev-cmd-live` says; null without one, also where the text is in its live form already. */
    public readonly liveCmd: string | null;
    readonly #live: string;

    /**
     * Reads a Dockerfile; throws `DockerfileParseError` where it is none.
     *
     * The second argument is npm `livepush`'s: whether the live Dockerfile is made at once, which
     * it always is.
     */
    public constructor(content: string | Buffer, _autoGenerateLiveDockerfile?: boolean) {
        this.content = content.toString();
        try {
            this.#live = core().liveDockerfile(this.content);
        } catch (error) {
            throw new DockerfileParseError(messageOf(error), error);
        }
        this.stages = stagesOf(this.content, this.#live);
        if (this.stages.length === 0) throw new DockerfileParseError('The file has no FROM');
        this.liveCmd = liveCommandOf(this.content);
    }

    /** The Dockerfile to build, in which the `#dev-…` directives count. */
    public generateLiveDockerfile(): string {
        return this.#live;
    }
}

function stagesOf(content: string, live: string): Stage[] {
    const { CoreSession } = core();
    const session = new CoreSession({
        dockerfile: content,
        target: null,
        buildArgs: {},
        currentBuilder: true,
        platform: null,
    });
    try {
        const { stages } = session.outline();
        const sources = copiedFrom(live);
        return stages.map((stage) => ({
            ...stage,
            name: stage.name ?? String(stage.index),
            dependentOnStages: dependenciesOf(stage, stages, sources.get(stage.index) ?? []),
            isLast: stage.index === stages.length - 1,
        }));
    } finally {
        session.free();
    }
}

/** What each stage names behind `COPY --from=`. */
function copiedFrom(live: string): ReadonlyMap<number, readonly string[]> {
    const sources = new Map<number, string[]>();
    for (const { keyword, stage, flags } of core().parse(live).instructions) {
        const from = flags.find(({ name }) => name === 'from')?.value ?? null;
        if (keyword !== 'COPY' || stage === null || from === null) continue;
        sources.set(stage, [...(sources.get(stage) ?? []), from]);
    }
    return sources;
}

function dependenciesOf(
    { index, base }: OutlineStage,
    stages: readonly OutlineStage[],
    sources: readonly string[],
): number[] {
    const indexes = sources.flatMap((source) => {
        const named = stages.find(({ name }) => name?.toLowerCase() === source.toLowerCase());
        const number = /^\d+$/u.test(source) ? Number(source) : index;
        const found = named?.index ?? number;
        return found < index ? [found] : [];
    });
    const parent = base.kind === 'stage' ? [base.index] : [];
    return [...new Set([...parent, ...indexes])];
}

function liveCommandOf(content: string): string | null {
    const { devDirectives } = core().parse(content);
    const command = devDirectives.find(({ known, counts }) => counts && known === 'dev-cmd-live');
    return command?.value ?? null;
}

import { core } from '../core/wasm.js';
import { messageOf } from '../common/errors.js';
import type { OutlineStage } from '../core/planner.js';
import { DockerfileParseError } from './errors.js';

/** A Dockerfile, in its original or already in its live form. */
export class Dockerfile {
    /** The text as it was given. */
    public readonly content: string;
    readonly #live: string;
    readonly #stages: readonly OutlineStage[];

    public constructor(content: string | Buffer) {
        this.content = content.toString();
        try {
            this.#live = core().liveDockerfile(this.content);
        } catch (error) {
            throw new DockerfileParseError(messageOf(error), { cause: error });
        }
        const { CoreSession } = core();
        const session = new CoreSession({
            dockerfile: this.content,
            target: null,
            buildArgs: {},
            currentBuilder: true,
            platform: null,
        });
        try {
            this.#stages = session.outline().stages;
        } finally {
            session.free();
        }
        if (this.#stages.length === 0) throw new DockerfileParseError('The file has no FROM');
    }

    /** The stages of the live Dockerfile, in order. */
    public get stages(): readonly OutlineStage[] {
        return this.#stages;
    }

    /** The Dockerfile to build, in which the `#dev-…` directives count. */
    public generateLiveDockerfile(): string {
        return this.#live;
    }
}

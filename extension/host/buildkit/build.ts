import type Docker from 'dockerode';
import { cancelled, LivepushError } from '../common/errors.js';
import { buildFailed, type BuildState } from './buildErrors.js';
import type { BuildNews, BuildStep } from './progress.js';
import { openBuildSession, type BuildFiles } from './session.js';
import { solve, SolveError } from './solve.js';
import { fromDocker } from '../docker/errors.js';
import { wholeName } from '../docker/reference.js';

export interface BuildRequest {
    readonly files: BuildFiles;
    /** What builds of the same project have in common, so that only changed files are sent. */
    readonly name: string;
    readonly target?: string | undefined;
    /** The name that the image gets. */
    readonly tag?: string | undefined;
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly platform?: string | undefined;
    readonly onOutput?: ((text: string) => void) | undefined;
    /** Told of each image that the build takes from a registry, with the digest that it has there. */
    readonly onPulled?: ((reference: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** How BuildKit names the step that takes an image from a registry. */
const PULLED = /\bFROM (\S+@sha256:[\da-f]{64})$/u;

/** Builds with BuildKit and returns the image's id. */
export async function build(docker: Docker, request: BuildRequest): Promise<string> {
    const session = await openBuildSession(docker, request.name, request.files);
    const abort = (): void => session.close();
    request.signal?.addEventListener('abort', abort, { once: true });
    const progress = new Progress(request);
    try {
        const { tag, signal } = request;
        const exporterOptions = tag === undefined ? {} : { name: wholeName(tag) };
        const solving = {
            session: session.id,
            options: optionsOf(request),
            exporterOptions,
            signal,
        };
        const image = await solve(docker, solving, (news) => progress.add(news));
        if (image !== null) return image;
        throw new LivepushError('build-failed', 'The build produced no image');
    } catch (error) {
        if (request.signal?.aborted === true) throw cancelled();
        if (error instanceof SolveError) throw buildFailed(error, progress.stateAt(error.vertex));
        throw fromDocker(error, 'Building');
    } finally {
        request.signal?.removeEventListener('abort', abort);
        session.close();
    }
}

/** What the frontend is told, under the names that it has for it. */
function optionsOf(request: BuildRequest): Record<string, string> {
    const options: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.buildArgs)) {
        options[`build-arg:${name}`] = value;
    }
    for (const [name, value] of Object.entries(request.labels ?? {})) {
        options[`label:${name}`] = value;
    }
    if (request.target !== undefined) options['target'] = request.target;
    if (request.platform !== undefined) options['platform'] = request.platform;
    return options;
}

/** What a build says while it goes on. */
class Progress {
    readonly #request: BuildRequest;
    readonly #said = new Set<string>();
    readonly #names = new Map<string, string>();
    /** A program that a command needs and the image lacks. */
    #missing: string | undefined;
    /** The last step that reported an error. */
    #failed: string | undefined;

    public constructor(request: BuildRequest) {
        this.#request = request;
    }

    /** What is known when a build fails, at a step if the error says at which. */
    public stateAt(vertex: string | null): BuildState {
        return { step: this.#names.get(vertex ?? '') ?? this.#failed, missing: this.#missing };
    }

    public add({ steps, logs }: BuildNews): void {
        for (const step of steps) this.#addStep(step);
        for (const log of logs) {
            this.#request.onOutput?.(log);
            this.#missing =
                /exec: "([^"]+)": stat \1: no such file/u.exec(log)?.[1] ?? this.#missing;
        }
    }

    #addStep(step: BuildStep): void {
        this.#names.set(step.digest, step.name);
        // Steps that were under way when another one failed end with an error of their own.
        if (step.error !== '' && !step.error.includes('context canceled')) this.#failed = step.name;
        const pulled = PULLED.exec(step.name)?.[1];
        if (pulled !== undefined) this.#request.onPulled?.(pulled);
        if (!step.completed && !step.started) return;
        if (step.name.startsWith('[internal]') || this.#said.has(step.name)) return;
        this.#said.add(step.name);
        this.#request.onOutput?.(`${step.cached ? 'CACHED ' : ''}${step.name}\n`);
    }
}

import type Docker from 'dockerode';
import { type CommandInstruction, commandOf } from '../containers/startCommand.js';
import { unreadable } from '../context/entry.js';
import { readText } from '../context/readText.js';
import { type Context, scan } from '../context/scan.js';
import { core } from '../core/wasm.js';
import { LivepushError, messageOf } from '../common/errors.js';
import { engineFacts, learnImages } from '../docker/imageConfigs.js';
import { openPlanner, type Outline, type Planner, setBuilt, setIgnore } from '../core/planner.js';
import { buildStages, buildTarget, type ImageRequest } from './stageImages.js';
import { readIgnore } from '../context/dockerignore.js';

/** What of a project decides what is built. */
export interface ProjectSettings {
    readonly docker: Docker;
    readonly session: string;
    readonly dockerfile: string;
    readonly context: string;
    readonly target?: string | undefined;
    readonly buildArgs?: Readonly<Record<string, string>> | undefined;
    readonly onBuildOutput?: ((text: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** A project as it was built: its images, and a planner for which nothing is pending. */
export interface BuiltProject {
    readonly planner: Planner;
    readonly outline: Outline;
    /** For each stage that is needed its image; the target's among them. */
    readonly images: readonly (string | null)[];
    readonly image: string;
    /** By their whole names, the images that the build took from registries, with their digests. */
    readonly pulled: ReadonlyMap<string, string>;
    /** What the live container runs, where the Dockerfile says it. */
    readonly command: () => CommandInstruction | null;
    readonly ignore: string | null;
    readonly built: Context;
    /** The Dockerfile as it was read. */
    readonly text: string;
}

/** Builds the live Dockerfile of a project, and the stages that it is made from. */
export async function buildProject(settings: ProjectSettings): Promise<BuiltProject> {
    const { docker, session, context } = settings;
    const text = await readDockerfile(settings.dockerfile);
    const facts = await engineFacts(docker);
    const buildArgs = settings.buildArgs ?? {};
    const planner = openPlanner({ text, target: settings.target ?? null, buildArgs }, facts);
    try {
        const live = liveTextOf(text, settings.dockerfile);
        const ignore = await readIgnore(context, settings.dockerfile);
        setIgnore(planner, ignore);
        const built = await scan(context, planner);
        const pulled = new Map<string, string>();
        const request: ImageRequest = {
            pulled,
            docker,
            session,
            text: live,
            lineMap: core().liveLineMap(text),
            dockerfile: settings.dockerfile,
            contextRoot: context,
            context: built,
            unstable: new Set(),
            isIgnored: (path) => planner.isIgnored(path),
            outline: planner.outline(),
            buildArgs,
            onOutput: settings.onBuildOutput,
            signal: settings.signal,
        };
        const image = await buildTarget(request);
        // The build has fetched what was not there; now its configs can be asked for.
        await learnImages(docker, planner, facts);
        const outline = planner.outline();
        refuseErrors(outline, settings.dockerfile);
        const images = await buildStages({ ...request, outline });
        images[outline.target] = image;
        setBuilt(planner, ignore, built);
        // Nobody knows what arrived of these: the first push looks at them again.
        const { unstable } = request;
        if (unstable.size > 0) planner.forget([...unstable].join('\0'));
        for (const path of unstable) built.delete(path);
        // Asked only where it cannot be run.
        const command = (): CommandInstruction | null => commandOf(text, outline.target);
        return { planner, outline, images, image, pulled, command, ignore, built, text };
    } catch (error) {
        planner.free();
        throw error;
    }
}

export async function readDockerfile(path: string): Promise<string> {
    try {
        return await readText(path);
    } catch (error) {
        throw unreadable(path, error);
    }
}

function liveTextOf(text: string, path: string): string {
    try {
        return core().liveDockerfile(text);
    } catch (error) {
        throw new LivepushError('dockerfile-invalid', messageOf(error), {
            remedy: 'Correct the directive in the Dockerfile.',
            path,
            cause: error,
        });
    }
}

function refuseErrors({ errors }: Outline, path: string): void {
    const [error] = errors;
    if (error === undefined) return;
    throw new LivepushError('dockerfile-invalid', error.message, {
        lines: error.lines,
        remedy: error.remedy,
        path,
    });
}

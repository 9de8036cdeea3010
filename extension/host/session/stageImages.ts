import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { ContextFiles } from '../context/files.js';
import type { Context } from '../context/scan.js';
import { build } from '../buildkit/build.js';
import { IMAGE_LABEL, noteImage, sessionTag } from '../docker/objects.js';
import { wholeName } from '../docker/reference.js';
import { memoryFile, oneChunk, type SentFile } from '../buildkit/fileSync.js';
import { LivepushError } from '../common/errors.js';
import { parse } from '../core/functions.js';
import type { Outline } from '../core/planner.js';

export interface ImageRequest {
    readonly docker: Docker;
    readonly session: string;
    /** The live Dockerfile. */
    readonly text: string;
    /** For each of its lines that of the original. */
    readonly lineMap: Uint32Array;
    /** Where the original is. */
    readonly dockerfile: string;
    readonly contextRoot: string;
    readonly context: Context;
    /** Whether the ignore file keeps a path out of the context. */
    readonly isIgnored: (path: string) => boolean;
    /** Paths that were sent and were not what they had been; added to by every build. */
    readonly unstable: Set<string>;
    readonly outline: Outline;
    readonly buildArgs: Readonly<Record<string, string>>;
    /** By their whole names, what the images that the build takes are in their registries. */
    readonly pulled: Map<string, string>;
    readonly onOutput?: ((text: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** Builds the image of the target, as `docker build` does. */
export function buildTarget(request: ImageRequest): Promise<string> {
    return buildStage(request, request.outline.target, request.onOutput);
}

/** Images of the other stages that the target is made from; the builder has them in its cache. */
export async function buildStages(request: ImageRequest): Promise<(string | null)[]> {
    const images: (string | null)[] = [];
    for (const { index, needed } of request.outline.stages) {
        const own = needed && index !== request.outline.target;
        images.push(own ? await buildStage(request, index, undefined) : null);
    }
    return images;
}

/**
 * A Dockerfile whose last stage is the one of this index: a target takes no index, and of two stages
 * with one name the later one.
 */
function textOfStage(text: string, stage: number): string {
    const starts = parse(text).instructions.filter(({ keyword }) => keyword === 'FROM');
    const next = starts[stage + 1];
    if (next === undefined) return text;
    const lines = text.split('\n').slice(0, next.firstLine - 1);
    return `${lines.join('\n')}\n`;
}

/** The context without directories that are ignored, as is all that is below them. */
function withoutEmptied({ context, isIgnored }: ImageRequest): Context {
    const directories = [...context].filter(([, { kind }]) => kind === 'directory');
    const empty = new Set(directories.map(([path]) => path).filter(isIgnored));
    if (empty.size === 0) return context;
    for (const path of context.keys()) {
        if (empty.has(path)) continue;
        for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            empty.delete(path.slice(0, end));
        }
    }
    return new Map([...context].filter(([path]) => !empty.has(path)));
}

async function buildStage(
    request: ImageRequest,
    stage: number,
    onOutput: ((text: string) => void) | undefined,
): Promise<string> {
    const { docker, session, buildArgs, signal } = request;
    const files = new ContextFiles(request.contextRoot, request.context);
    try {
        const image = await build(docker, {
            files: {
                dockerfile: () => memoryFile('Dockerfile', textOfStage(request.text, stage)),
                context: () => sentFiles(withoutEmptied(request), files),
            },
            name: `livepush ${request.contextRoot}`,
            buildArgs,
            labels: { [IMAGE_LABEL]: session },
            // A name that moves to another image takes the container's own from it.
            tag: sessionTag(session, `stage-${stage}-${randomUUID()}`),
            onOutput,
            onPulled: (reference) => request.pulled.set(wholeName(reference), reference),
            signal,
        });
        await noteImage(docker, session, image);
        for (const path of files.unstable) request.unstable.add(path);
        return image;
    } catch (error) {
        throw placed(error, request);
    }
}

async function* sentFiles(context: Context, files: ContextFiles): AsyncGenerator<SentFile> {
    await Promise.resolve();
    for (const [path, entry] of context) {
        const { mode, size, mtimeMs, target, links, special } = entry;
        const kind = entry.kind === 'other' ? special?.kind : entry.kind;
        if (kind === undefined) continue;
        const device = special !== null && special.kind !== 'fifo' ? special.device : undefined;
        const read = (): AsyncIterable<Buffer> =>
            files.open(path)?.bytes ?? oneChunk(Buffer.alloc(0));
        yield { path, kind, mode, size, mtimeMs, target, device, links, read };
    }
}

/** A failed build's error with its place in the original Dockerfile. */
function placed(error: unknown, { outline, lineMap, dockerfile }: ImageRequest): unknown {
    if (!(error instanceof LivepushError)) return error;
    const { code, message, remedy, cause, lines } = error;
    if (lines !== null) {
        const original = (line: number): number => lineMap[line - 1] ?? line;
        const place = [original(lines[0]), original(lines[1])] as const;
        return new LivepushError(code, message, { remedy, cause, lines: place, path: dockerfile });
    }
    if (typeof cause !== 'string') return error;
    const found = /^\[(?:(\S+) )?(\d+)\/\d+\] /u.exec(cause);
    if (found === null) return error;
    const [, name, number] = found;
    const stage = outline.stages.find(({ name: own, index }) =>
        name === undefined || name.startsWith('stage-')
            ? (own ?? `stage-${index}`) === (name ?? own ?? `stage-${index}`)
            : own === name,
    );
    // A stage's numbers begin with its FROM, but only where that takes an image.
    const first = stage?.base.kind === 'image' ? 2 : 1;
    return error.at(stage?.steps[Number(number) - first]?.lines ?? null);
}

import type Docker from 'dockerode';
import { cancelled, LivepushError } from '../common/errors.js';
import { readBuildNews, type BuildStep } from './progress.js';
import { openBuildSession, type BuildFiles } from './session.js';
import { dial } from '../docker/client.js';
import { fromDocker } from '../docker/errors.js';
import { isShell, noShell } from '../docker/missingShell.js';

export interface BuildRequest {
    readonly files: BuildFiles;
    /** What builds of the same project have in common, so that only changed files are sent. */
    readonly name: string;
    readonly target?: string | undefined;
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly platform?: string | undefined;
    readonly onOutput?: ((text: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** Builds with BuildKit and returns the image's id. */
export async function build(docker: Docker, request: BuildRequest): Promise<string> {
    const session = await openBuildSession(docker, request.name, request.files);
    const abort = (): void => session.close();
    request.signal?.addEventListener('abort', abort, { once: true });
    try {
        const lines = await post(docker, request, session.id);
        return await follow(lines, request.onOutput);
    } catch (error) {
        if (request.signal?.aborted === true) throw cancelled();
        throw fromDocker(error, 'Building');
    } finally {
        request.signal?.removeEventListener('abort', abort);
        session.close();
    }
}

function post(
    docker: Docker,
    request: BuildRequest,
    session: string,
): Promise<AsyncIterable<Buffer>> {
    const query = new URLSearchParams({
        version: '2',
        remote: 'client-session',
        session,
        dockerfile: 'Dockerfile',
        buildargs: JSON.stringify(request.buildArgs),
        labels: JSON.stringify(request.labels ?? {}),
    });
    if (request.target !== undefined) query.set('target', request.target);
    if (request.platform !== undefined) query.set('platform', request.platform);
    return dial(docker, {
        path: `/build?${query.toString()}&`,
        method: 'POST',
        isStream: true,
        abortSignal: request.signal,
        statusCodes: { 200: true },
    }) as Promise<AsyncIterable<Buffer>>;
}

interface Line {
    readonly id?: string;
    readonly aux?: unknown;
    readonly error?: string;
}

/** Reads the daemon's progress to its end: the image's id, or why there is none. */
async function follow(
    body: AsyncIterable<Buffer>,
    onOutput: ((text: string) => void) | undefined,
): Promise<string> {
    const said = new Set<string>();
    let failed: BuildStep | undefined;
    let image: string | undefined;
    let missing: string | undefined;
    for await (const { id, aux, error } of jsonLines(body)) {
        if (error !== undefined) throw buildFailed(error, failed, missing);
        if (id === 'moby.image.id') image = (aux as { ID: string }).ID;
        if (id !== 'moby.buildkit.trace' || typeof aux !== 'string') continue;
        const { steps, logs } = readBuildNews(aux);
        for (const step of steps) {
            if (step.error !== '') failed = step;
            const state = step.cached ? 'CACHED ' : '';
            const line = `${state}${step.name}\n`;
            if ((step.completed || step.started) && !step.name.startsWith('[internal]')) {
                if (!said.has(step.name)) onOutput?.(line);
                said.add(step.name);
            }
        }
        for (const log of logs) {
            onOutput?.(log);
            missing = /exec: "([^"]+)": stat \1: no such file/u.exec(log)?.[1] ?? missing;
        }
    }
    if (image === undefined) throw new LivepushError('build-failed', 'The build gave no image');
    return image;
}

async function* jsonLines(body: AsyncIterable<Buffer>): AsyncGenerator<Line> {
    let rest = '';
    for await (const chunk of body) {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Line;
    }
    if (rest.trim() !== '') yield JSON.parse(rest) as Line;
}

/** A failed build's error; `cause` is the text of the instruction that failed, where one did. */
function buildFailed(
    error: string,
    step: BuildStep | undefined,
    missing: string | undefined,
): LivepushError {
    const line = /(?:Dockerfile:|parse error (?:on|at) line )(\d+)/u.exec(error)?.[1];
    const at = line === undefined ? null : ([Number(line), Number(line)] as const);
    const instruction = step?.name.replace(/^\[[^\]]*\] /u, '');
    if (missing !== undefined && isShell(missing) && error.includes(`process "${missing} `)) {
        return noShell(missing, instruction ?? null, { lines: at, cause: step?.name });
    }
    const where = instruction === undefined ? '' : ` in \`${instruction}\``;
    return new LivepushError('build-failed', `The build failed${where}: ${error}`, {
        remedy: 'Correct the Dockerfile or what it runs, then start again.',
        lines: at,
        cause: step?.name,
    });
}

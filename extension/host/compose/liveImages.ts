/** The images that Compose runs for live services. */
import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { ask } from '../docker/client.js';
import { initVolume } from '../helper/init.js';
import { removeLeft } from '../session/cleanup.js';
import { buildProject } from '../session/project.js';
import type { ServiceModel } from './model.js';
import { type LiveService, startOf } from './override.js';

export interface LiveImageRequest {
    readonly docker: Docker;
    readonly project: string;
    readonly restartContainer: boolean;
    readonly onOutput?: ((text: string, service: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** What one build gave, for all services that are built alike. */
interface BuiltImage {
    readonly id: string;
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
    /** The volume with the helper for the image's platform, or null where it cannot be had. */
    readonly helperVolume: string | null;
}

/** Builds a live image for each service; services that are built alike share a build. */
export async function liveServices(
    request: LiveImageRequest,
    services: readonly ServiceModel[],
): Promise<LiveService[]> {
    const builds = new Map<string, Promise<BuiltImage>>();
    const live = await Promise.all(
        services.map(async (service) => {
            const session = buildSession(request.project, service);
            const built = builds.get(session) ?? buildImage(request, session, service);
            builds.set(session, built);
            return liveService(request, service, await built);
        }),
    );
    // The stages that the images were made from; the images themselves have names and stay.
    for (const session of builds.keys()) await removeLeft(request.docker, session, null);
    return live;
}

/** The same for the same build, so that its image is the same and Compose keeps its containers. */
function buildSession(project: string, { build }: ServiceModel): string {
    const key = `${project}\n${JSON.stringify(build)}`;
    return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** Removes an image that a newer one has taken the name from, unless something still uses it. */
export async function removeReplaced(docker: Docker, id: string): Promise<void> {
    const image = docker.getImage(id);
    try {
        const { RepoTags: tags } = await image.inspect();
        if (tags.length === 0) await image.remove({ force: false, noprune: true });
    } catch {
        // It is gone, or one of its containers is still there.
    }
}

async function buildImage(
    { docker, restartContainer, onOutput, signal }: LiveImageRequest,
    session: string,
    { name: service, build }: ServiceModel,
): Promise<BuiltImage> {
    if (build === null) throw new Error(`${service} is not built`);
    const { planner, image: id } = await buildProject({
        docker,
        session,
        dockerfile: build.dockerfile,
        context: build.context,
        target: build.target ?? undefined,
        buildArgs: build.args,
        onBuildOutput: (text) => onOutput?.(text, service),
        signal,
    });
    planner.free();
    const { Config: config, Architecture: architecture } = await ask('Looking at the image', () =>
        docker.getImage(id).inspect(),
    );
    // Without the helper, restarts take longer; nothing else is lost.
    const helperVolume = restartContainer
        ? null
        : await initVolume(docker, id, architecture, session).catch(() => null);
    return { id, entrypoint: words(config.Entrypoint), command: words(config.Cmd), helperVolume };
}

async function liveService(
    { docker, project }: LiveImageRequest,
    service: ServiceModel,
    { id, entrypoint: imageEntrypoint, command: imageCommand, helperVolume }: BuiltImage,
): Promise<LiveService> {
    const repo = `${project}-${service.name}`;
    await ask('Naming the live image', () => docker.getImage(id).tag({ repo, tag: 'livepush' }));
    const image = `${repo}:livepush`;
    // Where Docker's own init comes first, the helper cannot.
    const start = startOf({ service, imageEntrypoint, imageCommand });
    return {
        ...{ service, image, id, imageEntrypoint, imageCommand },
        helperVolume: start === null ? null : helperVolume,
    };
}

function words(value: string | string[] | null | undefined): string[] {
    return typeof value === 'string' ? [value] : [...(value ?? [])];
}

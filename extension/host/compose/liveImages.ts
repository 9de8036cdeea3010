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

/** Builds a live image for each service; services that are built alike share a build. */
export async function liveServices(
    request: LiveImageRequest,
    services: readonly ServiceModel[],
): Promise<LiveService[]> {
    const builds = new Map<string, Promise<string>>();
    return Promise.all(
        services.map(async (service) => {
            if (service.build === null) throw new Error(`${service.name} is not built`);
            const key = JSON.stringify(service.build);
            const session = buildSession(request.project, key);
            const built = builds.get(key) ?? buildImage(request, session, service);
            builds.set(key, built);
            return liveService(request, session, service, await built);
        }),
    );
}

/** The same for the same build, so that its image is the same and Compose keeps its containers. */
function buildSession(project: string, key: string): string {
    return createHash('sha256').update(`${project}\n${key}`).digest('hex').slice(0, 32);
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
    { docker, onOutput, signal }: LiveImageRequest,
    session: string,
    { name: service, build }: ServiceModel,
): Promise<string> {
    if (build === null) throw new Error(`${service} is not built`);
    const project = await buildProject({
        docker,
        session,
        dockerfile: build.dockerfile,
        context: build.context,
        target: build.target ?? undefined,
        buildArgs: build.args,
        onBuildOutput: (text) => onOutput?.(text, service),
        signal,
    });
    project.planner.free();
    return project.image;
}

async function liveService(
    { docker, project, restartContainer }: LiveImageRequest,
    session: string,
    service: ServiceModel,
    id: string,
): Promise<LiveService> {
    const repo = `${project}-${service.name}`;
    const image = `${repo}:livepush`;
    const built = docker.getImage(id);
    await ask('Naming the live image', () => built.tag({ repo, tag: 'livepush' }));
    const { Config: config, Architecture: architecture } = await ask('Looking at the image', () =>
        built.inspect(),
    );
    const imageEntrypoint = words(config.Entrypoint);
    const imageCommand = words(config.Cmd);
    const start = startOf({ service, imageEntrypoint, imageCommand });
    const isWhole = restartContainer || start === null;
    // Without the helper, restarts take longer; nothing else is lost.
    const helperVolume = isWhole
        ? null
        : await initVolume(docker, id, architecture, session).catch(() => null);
    // The stages that the image was made from; the image itself has a name and stays.
    await removeLeft(docker, session, null);
    return { service, image, id, imageEntrypoint, imageCommand, helperVolume };
}

function words(value: string | string[] | null | undefined): string[] {
    return typeof value === 'string' ? [value] : [...(value ?? [])];
}

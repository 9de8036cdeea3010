import type Docker from 'dockerode';
import { type CommandInstruction, shellProblem } from './startCommand.js';
import { ask, SESSION_LABEL } from '../docker/client.js';
import { removeContainer } from './buildContainer.js';
import { initVolume, withInit } from '../helper/init.js';
import { CONTEXT_LABEL, DOCKERFILE_LABEL, LIVE_LABEL, SETTINGS_LABEL } from './labels.js';
import { freePorts, parsePort } from './ports.js';

/** What a session needs besides its paths, kept in a label. */
export interface KeptSettings {
    readonly target?: string | undefined;
    readonly buildArgs?: Readonly<Record<string, string>> | undefined;
    readonly skipRestart?: boolean | undefined;
    /** Restart the container itself, not only the application in it. */
    readonly restartContainer?: boolean | undefined;
    readonly ports?: readonly string[] | undefined;
    readonly env?: Readonly<Record<string, string>> | undefined;
    readonly name?: string | undefined;
}

export interface RunRequest {
    readonly docker: Docker;
    readonly image: string;
    readonly session: string;
    readonly dockerfile: string;
    readonly context: string;
    readonly settings: KeptSettings;
    /** Ports that the image exposes, such as `80/tcp`. */
    readonly exposed: readonly string[];
    /** What it runs, where the Dockerfile says it. */
    readonly command: () => CommandInstruction | null;
}

/** Makes and starts the container that runs the application. */
export async function runContainer(request: RunRequest): Promise<Docker.Container> {
    const { docker, settings } = request;
    const ports = settings.ports?.map(parsePort) ?? (await freePorts(request.exposed));
    const container = await ask('Making the container', async () =>
        docker.createContainer(
            await withProcessRestart(request, {
                Image: request.image,
                ...(settings.name === undefined ? {} : { name: settings.name }),
                Env: Object.entries(settings.env ?? {}).map(([name, value]) => `${name}=${value}`),
                Labels: {
                    [SESSION_LABEL]: request.session,
                    [LIVE_LABEL]: 'true',
                    [DOCKERFILE_LABEL]: request.dockerfile,
                    [CONTEXT_LABEL]: request.context,
                    [SETTINGS_LABEL]: JSON.stringify(settings),
                },
                ExposedPorts: Object.fromEntries(ports.map(({ port }) => [port, {}])),
                HostConfig: {
                    PortBindings: Object.fromEntries(
                        ports.map(({ port, ip, host }) => [port, [{ HostIp: ip, HostPort: host }]]),
                    ),
                },
            }),
        ),
    );
    try {
        await ask('Starting the container', () => container.start());
    } catch (error) {
        const problem = await container
            .inspect()
            .then((inspected) => shellProblem(container, inspected, request.command))
            .catch(() => null);
        await removeContainer(container);
        throw problem ?? error;
    }
    return container;
}

/** Adds what lets the application be restarted without its container, where that can be. */
async function withProcessRestart(
    { docker, image, settings }: RunRequest,
    options: Docker.ContainerCreateOptions,
): Promise<Docker.ContainerCreateOptions> {
    if (settings.restartContainer === true) return options;
    try {
        const { Architecture: architecture, Config: config } = await docker
            .getImage(image)
            .inspect();
        return withInit(options, await initVolume(docker, image, architecture), config);
    } catch {
        // Restarts take longer without it; whatever is really wrong, making the container says.
        return options;
    }
}

import { basename } from 'node:path';
import type Docker from 'dockerode';
import { type CommandInstruction, shellProblem } from './startCommand.js';
import { LivepushError } from '../common/errors.js';
import { ask, connectionOf } from '../docker/client.js';
import { createContainer, removeContainer, statusOf } from '../docker/objects.js';
import { initVolume, withInit } from '../helper/init.js';
import { LIVE_LABEL } from './labels.js';
import { freePorts, parsePort, portsElsewhere } from './ports.js';
import { joinNetworks, keptPorts } from './takeOver.js';

/** What a session needs besides its paths; kept in its record. */
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
    readonly context: string;
    readonly settings: KeptSettings;
    /** Ports that the image exposes, such as `80/tcp`. */
    readonly exposed: readonly string[];
    /** What it runs, where the Dockerfile says it. */
    readonly command: () => CommandInstruction | null;
}

/** A port that was free may be taken before the container has it. */
const MOST_TRIES = 5;

/** Makes and starts the container that runs the application. */
export async function runContainer(request: RunRequest): Promise<Docker.Container> {
    for (let tries = 1; ; tries++) {
        try {
            return await tryContainer(request);
        } catch (error) {
            const isTaken = error instanceof LivepushError && error.code === 'port-taken';
            const isNamed = request.settings.ports !== undefined;
            if (!isTaken || isNamed || tries === MOST_TRIES) throw error;
        }
    }
}

async function tryContainer(request: RunRequest): Promise<Docker.Container> {
    const container = await createLive(request);
    try {
        const { name } = request.settings;
        if (name !== undefined) await ask('Naming the container', () => container.rename({ name }));
        await startLive(request, container);
    } catch (error) {
        await removeContainer(container);
        throw error;
    }
    return container;
}

/**
 * Puts a new container in the place of one that a session made. The old one is removed once the new
 * one runs and was `kept`; where that fails, the old one runs again as it did.
 */
export async function replaceContainer(
    request: RunRequest,
    old: Docker.Container,
    keep: (fresh: Docker.Container) => Promise<void>,
): Promise<Docker.Container> {
    const before = await old.inspect().catch((error: unknown) => {
        if (statusOf(error) === 404) return null;
        return ask('Looking at the container', () => Promise.reject(error as Error));
    });
    const ports =
        request.settings.ports ??
        (before === null ? undefined : await keptPorts(before, request.exposed));
    const fresh = await createLive({ ...request, settings: { ...request.settings, ports } });
    try {
        if (before !== null) await joinNetworks(request.docker, fresh, before);
        // Both publish the same ports.
        if (before?.State.Running === true) {
            await ask('Stopping the container', () => old.stop({ t: 0 }));
        }
        await startLive(request, fresh);
        await keep(fresh);
    } catch (error) {
        await removeContainer(fresh);
        if (before?.State.Running === true) await old.start().catch(() => undefined);
        throw error;
    }
    if (before !== null) await removeContainer(old);
    const name = before?.Name.replace(/^\//u, '') ?? request.settings.name;
    // Where another container has the name by now, this one keeps its own.
    if (name !== undefined) await fresh.rename({ name }).catch(() => undefined);
    return fresh;
}

/** Makes the container that runs the application, with a name of its own. */
export async function createLive(request: RunRequest): Promise<Docker.Container> {
    const { docker, session, settings } = request;
    const isElsewhere = (connectionOf(docker)?.host ?? null) !== null;
    const chosen = isElsewhere ? portsElsewhere(request.exposed) : freePorts(request.exposed);
    const ports = settings.ports?.map(parsePort) ?? (await chosen);
    const options = await withProcessRestart(request, {
        Image: request.image,
        Env: Object.entries(settings.env ?? {}).map(([name, value]) => `${name}=${value}`),
        Labels: { [LIVE_LABEL]: 'true' },
        ExposedPorts: Object.fromEntries(ports.map(({ port }) => [port, {}])),
        HostConfig: {
            PortBindings: Object.fromEntries(
                ports.map(({ port, ip, host }) => [port, [{ HostIp: ip, HostPort: host }]]),
            ),
        },
    });
    const prefix = `livepush-${nameOf(request.context)}`;
    return createContainer(docker, session, 'Making the container', options, prefix);
}

/** Starts it, and says why where it has no shell to start with. */
export async function startLive(request: RunRequest, container: Docker.Container): Promise<void> {
    try {
        await ask('Starting the container', () => container.start());
    } catch (error) {
        const problem = await container
            .inspect()
            .then((inspected) => shellProblem(container, inspected, request.command))
            .catch(() => null);
        throw problem ?? error;
    }
}

/** The context's folder, as far as Docker takes it in a name. */
function nameOf(context: string): string {
    const name = basename(context)
        .replace(/[^\w.-]+/gu, '-')
        .slice(0, 32);
    return name === '' ? 'app' : name;
}

/** Adds what lets the application be restarted without its container, where that can be. */
async function withProcessRestart(
    { docker, image, settings, session }: RunRequest,
    options: Docker.ContainerCreateOptions,
): Promise<Docker.ContainerCreateOptions> {
    if (settings.restartContainer === true) return options;
    try {
        const { Architecture: architecture, Config: config } = await docker
            .getImage(image)
            .inspect();
        const volume = await initVolume(docker, image, architecture, session);
        return withInit(options, volume, config);
    } catch {
        // Restarts take longer without it; whatever is really wrong, making the container says.
        return options;
    }
}

import { createServer } from 'node:net';
import type Docker from 'dockerode';
import { shellProblem, type CommandInstruction } from './startCommand.js';
import { ask, SESSION_LABEL } from '../docker/client.js';
import { removeContainer } from './buildContainer.js';
import { LivepushError } from '../common/errors.js';
import { initVolume, withInit } from '../helper/init.js';

/** Labels of a live container, from which a later process takes its session up again. */
export const LIVE_LABEL = 'livepush.live';
export const DOCKERFILE_LABEL = 'livepush.dockerfile';
export const CONTEXT_LABEL = 'livepush.context';
export const SETTINGS_LABEL = 'livepush.settings';

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

interface Port {
    readonly port: string;
    readonly ip: string;
    readonly host: string;
}

/** `80`, `8080:80`, `127.0.0.1:8080:80`, each with `/udp` or `/tcp` behind. */
function parsePort(text: string): Port {
    const found = /^(?:(?:(\[[^\]]+\]|[\d.]+):)?(\d*):)?(\d+)(?:\/(tcp|udp|sctp))?$/u.exec(text);
    if (found === null) {
        throw new LivepushError('port-taken', `${text} is no port to publish`, {
            remedy: 'Write it like `8080:80` or `127.0.0.1:3000:3000`.',
        });
    }
    const [, ip = '', host = '', port = '', protocol = 'tcp'] = found;
    return { port: `${port}/${protocol}`, ip: ip.replace(/[[\]]/gu, ''), host };
}

/** Docker gives another free port at every restart; the address should stay. */
async function freePorts(exposed: readonly string[]): Promise<Port[]> {
    const ports: Port[] = [];
    for (const port of exposed) {
        const whole = port.includes('/') ? port : `${port}/tcp`;
        ports.push({ port: whole, ip: '127.0.0.1', host: String(await freePort()) });
    }
    return ports;
}

function freePort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
        });
    });
}

/** Where published ports answer. */
export function addressesOf(ports: Docker.ContainerInspectInfo['NetworkSettings']['Ports']) {
    const addresses = new Map<string, string>();
    for (const [port, bindings] of Object.entries(ports)) {
        const [binding] = (bindings as { HostIp: string; HostPort: string }[] | null) ?? [];
        if (binding === undefined) continue;
        const ip =
            binding.HostIp === '0.0.0.0' || binding.HostIp === '' ? '127.0.0.1' : binding.HostIp;
        addresses.set(port, `${ip}:${binding.HostPort}`);
    }
    return addresses;
}

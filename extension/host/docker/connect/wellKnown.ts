/** Engines that run somewhere on this machine though nothing names them: offered, never taken unasked. */
import { request } from 'node:http';
import type { ContextChoice, EngineOffer } from '../../api.js';
import { defaultAddress } from './address.js';
import { DEFAULT_CONTEXT, listContexts } from './contexts.js';
import { joinPath, type Machine, variable } from './machine.js';

/** How long a socket may take to answer, in milliseconds: one that hangs must not keep the others. */
const PATIENCE = 2000;

/** Where programs that bring an engine are known to put its socket, whether it is there or not. */
export function wellKnownSockets(machine: Machine): readonly EngineOffer[] {
    const { platform, home } = machine;
    const at = (name: string, ...parts: readonly string[]): EngineOffer => ({
        name,
        address: `unix://${joinPath(machine, ...parts)}`,
    });
    if (platform === 'win32') {
        const pipe = (name: string, file: string): EngineOffer => ({
            name,
            address: `npipe:////./pipe/${file}`,
        });
        return [
            pipe('Docker', 'docker_engine'),
            pipe('Docker Desktop', 'dockerDesktopLinuxEngine'),
            pipe('Podman', 'podman-machine-default'),
        ];
    }
    const runtime = variable(machine, 'XDG_RUNTIME_DIR');
    const config = variable(machine, 'XDG_CONFIG_HOME') ?? joinPath(machine, home, '.config');
    const everywhere = [
        { name: 'Docker', address: defaultAddress(platform) },
        at(
            'Docker Desktop',
            home,
            '.docker',
            platform === 'darwin' ? 'run' : 'desktop',
            'docker.sock',
        ),
        at('Colima', home, '.colima', 'default', 'docker.sock'),
        at('Colima', config, 'colima', 'default', 'docker.sock'),
        at('Rancher Desktop', home, '.rd', 'docker.sock'),
        at('Lima', home, '.lima', 'docker', 'sock', 'docker.sock'),
    ];
    if (platform === 'darwin') {
        const podman = ['.local', 'share', 'containers', 'podman', 'machine', 'podman.sock'];
        return [
            ...everywhere,
            at('OrbStack', home, '.orbstack', 'run', 'docker.sock'),
            at('Podman', home, ...podman),
        ];
    }
    const own = [
        at('rootless Docker', runtime ?? '', 'docker.sock'),
        at('rootless Podman', runtime ?? '', 'podman', 'podman.sock'),
    ];
    return [
        ...everywhere,
        ...(runtime === null ? [] : own),
        at('Podman', '/run/podman/podman.sock'),
    ];
}

/** The well-known sockets at which an engine answers now. */
export async function findEngines(machine: Machine): Promise<readonly EngineOffer[]> {
    const offers = wellKnownSockets(machine);
    const answers = await Promise.all(offers.map(({ address }) => doesAnswer(pathOf(address))));
    return offers.filter((_offer, index) => answers[index]);
}

/** The contexts of the docker command line, the default one first. */
export async function listContextChoices(machine: Machine): Promise<readonly ContextChoice[]> {
    const host = variable(machine, 'DOCKER_HOST') ?? defaultAddress(machine.platform);
    const others = await listContexts(machine);
    return [
        { name: DEFAULT_CONTEXT, description: '', address: host },
        ...others.map(({ name, description, host: address }) => ({ name, description, address })),
    ];
}

function pathOf(address: string): string {
    return address.replace(/^\w+:\/\//u, '');
}

function doesAnswer(path: string): Promise<boolean> {
    return new Promise((resolve) => {
        const asked = request({
            socketPath: path,
            path: '/_ping',
            agent: false,
            timeout: PATIENCE,
        });
        asked.once('response', (response) => {
            response.resume();
            resolve(response.statusCode === 200);
        });
        asked.once('timeout', () => asked.destroy());
        asked.once('error', () => resolve(false));
        asked.once('close', () => resolve(false));
        asked.end();
    });
}

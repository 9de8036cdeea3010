import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type Docker from 'dockerode';
import { LivepushError } from '../common/errors.js';

interface Port {
    readonly port: string;
    readonly ip: string;
    readonly host: string;
}

/** `80`, `8080:80`, `127.0.0.1:8080:80`, each with `/udp` or `/tcp` behind. */
export function parsePort(text: string): Port {
    const found = /^(?:(?:(\[[^\]]+\]|[\d.]+):)?(\d*):)?(\d+)(?:\/(tcp|udp|sctp))?$/u.exec(text);
    if (found === null) {
        throw new LivepushError('port-taken', `Invalid port mapping "${text}"`, {
            remedy: 'Write it like `8080:80` or `127.0.0.1:3000:3000`.',
        });
    }
    const [, ip = '', host = '', port = '', protocol = 'tcp'] = found;
    return { port: `${port}/${protocol}`, ip: ip.replace(/[[\]]/gu, ''), host };
}

/** Docker gives another free port at every restart; the address should stay. */
export async function freePorts(exposed: readonly string[]): Promise<Port[]> {
    const ports: Port[] = [];
    for (const port of exposed) {
        const whole = port.includes('/') ? port : `${port}/tcp`;
        ports.push({ port: whole, ip: '127.0.0.1', host: String(await freePort()) });
    }
    return ports;
}

/** From here on, ports are for whoever takes one. */
const FIRST_DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 65_536 - FIRST_DYNAMIC_PORT;

/**
 * Ports of another machine, on all of its addresses, since none but these can be reached from
 * here. What is free there is known only once the container starts: one that is taken is refused.
 */
export function portsElsewhere(exposed: readonly string[]): Port[] {
    const first = randomInt(DYNAMIC_PORTS);
    return exposed.map((port, index) => ({
        port: port.includes('/') ? port : `${port}/tcp`,
        ip: '',
        host: String(FIRST_DYNAMIC_PORT + ((first + index) % DYNAMIC_PORTS)),
    }));
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

/** Where published ports answer, on the machine of the engine: null for this one. */
export function addressesOf(
    ports: Docker.ContainerInspectInfo['NetworkSettings']['Ports'],
    machine: string | null = null,
): ReadonlyMap<string, string> {
    const addresses = new Map<string, string>();
    const here = machine === null ? '127.0.0.1' : machine.includes(':') ? `[${machine}]` : machine;
    for (const [port, bindings] of Object.entries(ports)) {
        const [binding] = (bindings as { HostIp: string; HostPort: string }[] | null) ?? [];
        if (binding === undefined) continue;
        const { HostIp: ip, HostPort: number } = binding;
        const isEvery = ip === '0.0.0.0' || ip === '::' || ip === '';
        // The loopback address of another machine leads nowhere from here.
        if (machine !== null && /^(?:127\.|::1$)/u.test(ip)) continue;
        addresses.set(port, `${isEvery ? here : ip}:${number}`);
    }
    return addresses;
}

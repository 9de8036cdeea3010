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
        throw new LivepushError('port-taken', `${text} is no port to publish`, {
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

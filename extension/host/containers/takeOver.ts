/** What a container takes over from the one in whose place it comes. */
import type Docker from 'dockerode';
import { ask } from '../docker/client.js';
import { freePorts } from './ports.js';

/** The network that every container is in, unless it is asked for another. */
const DEFAULT_NETWORK = 'bridge';

/** What was published stays where it was; other ports get free ones. */
export async function keptPorts(
    old: Docker.ContainerInspectInfo,
    exposed: readonly string[],
): Promise<string[]> {
    const bindings = old.HostConfig.PortBindings as Readonly<
        Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>
    > | null;
    const ports: string[] = [];
    for (const port of exposed.map((one) => (one.includes('/') ? one : `${one}/tcp`))) {
        const [kept] = bindings?.[port] ?? [];
        const [free] = kept === undefined ? await freePorts([port]) : [];
        const ip = kept?.HostIp ?? free?.ip ?? '';
        const host = kept?.HostPort ?? free?.host ?? '';
        const address = ip.includes(':') ? `[${ip}]` : ip;
        ports.push(`${address === '' ? '' : `${address}:`}${host}:${port}`);
    }
    return ports;
}

/** Joins the networks that the other one was connected to, under the same names. */
export async function joinNetworks(
    docker: Docker,
    container: Docker.Container,
    old: Docker.ContainerInspectInfo,
): Promise<void> {
    for (const [name, { Aliases: aliases }] of Object.entries(old.NetworkSettings.Networks)) {
        if (name === DEFAULT_NETWORK) continue;
        const names = (aliases as readonly string[] | null) ?? [];
        // Its own id is an alias too, which the new one does not take over.
        const kept = names.filter((alias) => !old.Id.startsWith(alias));
        await ask(`Joining network ${name}`, () =>
            docker
                .getNetwork(name)
                .connect({ Container: container.id, EndpointConfig: { Aliases: kept } }),
        );
    }
}

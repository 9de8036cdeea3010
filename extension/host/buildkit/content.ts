import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { ImageManifest, LayeredImage } from '../docker/checkpoint.js';
import { ask, dial } from '../docker/client.js';
import { grpcFrame, readGrpc } from './grpc.js';
import { fieldsOf, message } from './protobuf.js';

/** Containerd's service, which the daemon offers for reading on the connection of BuildKit's. */
const READ = '/containerd.services.content.v1.Content/Read';
// Fields of its messages.
const READ_DIGEST = 1;
const READ_DATA = 2;

interface Descriptor {
    readonly digest: string;
    readonly platform?: { readonly os: string };
}

/** An index has manifests, a manifest has a config and layers, a config has its layers' diff ids. */
interface Blob {
    readonly manifests?: readonly Descriptor[];
    readonly config?: Descriptor;
    readonly rootfs?: { readonly diff_ids?: readonly string[] };
}

const stores = new WeakMap<Docker, Promise<boolean>>();

/** Whether the daemon keeps images in containerd's store, where an image is a manifest. */
export function keepsManifests(docker: Docker): Promise<boolean> {
    const known = stores.get(docker);
    if (known !== undefined) return known;
    const asked = ask('Asking Docker how it keeps images', () => docker.info()).then((info) => {
        const { DriverStatus: status } = info as { DriverStatus?: [string, string][] | null };
        return (status ?? []).some(
            ([name, value]) => name === 'driver-type' && value.startsWith('io.containerd.'),
        );
    });
    stores.set(docker, asked);
    asked.catch(() => stores.delete(docker));
    return asked;
}

/** What of an image a checkpoint is made from. */
export async function layeredImage(docker: Docker, name: string): Promise<LayeredImage> {
    const inspected = await ask(`Looking at image ${name}`, () => docker.getImage(name).inspect());
    const layers = inspected.RootFS.Layers ?? [];
    const image = { architecture: inspected.Architecture, os: inspected.Os, layers };
    if (!(await keepsManifests(docker))) return { ...image, manifest: null };
    const manifest = await ask(`Reading the manifest of image ${name}`, () =>
        manifestOf(docker, inspected.Id, layers),
    );
    return { ...image, manifest };
}

/** The manifest that lists exactly these layers, in an image that may hold several. */
async function manifestOf(
    docker: Docker,
    id: string,
    layers: readonly string[],
): Promise<ImageManifest> {
    const client = await openContent(docker);
    try {
        const read = async (digest: string): Promise<Blob> =>
            JSON.parse((await readBlob(client, digest)).toString()) as Blob;
        const digests = [id];
        for (const digest of digests) {
            // An image of several platforms names manifests whose content is not here.
            const blob = await read(digest).catch(() => null);
            for (const { digest: below, platform } of blob?.manifests ?? []) {
                // What tells of a build (its provenance) is of no platform.
                if (platform?.os !== 'unknown') digests.push(below);
            }
            if (blob?.config === undefined) continue;
            const config = await read(blob.config.digest).catch(() => null);
            const ids = config?.rootfs?.diff_ids ?? [];
            if (ids.join() === layers.join()) return blob as Blob & ImageManifest;
        }
    } finally {
        client.destroy();
    }
    throw new Error(`Docker has no manifest of ${id} with the layers that it has`);
}

async function openContent(docker: Docker): Promise<ClientHttp2Session> {
    const call = {
        path: '/grpc',
        method: 'POST' as const,
        hijack: true,
        headers: { Upgrade: 'h2c' },
        statusCodes: { 200: true, 101: true },
    };
    const socket = (await dial(docker, call)) as Duplex;
    const client = connect('http://docker', { createConnection: () => socket });
    // Each call fails by itself.
    client.on('error', () => undefined);
    client.on('close', () => socket.destroy());
    return client;
}

async function readBlob(client: ClientHttp2Session, digest: string): Promise<Buffer> {
    const request = client.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: READ,
        'content-type': 'application/grpc',
        te: 'trailers',
    });
    const status = statusOf(request);
    request.end(grpcFrame(message([[READ_DIGEST, digest]])));
    const parts: Buffer[] = [];
    for await (const answer of readGrpc(request)) {
        for (const [field, value] of fieldsOf(answer)) {
            if (field === READ_DATA && Buffer.isBuffer(value)) parts.push(Buffer.from(value));
        }
    }
    const { code, text } = status();
    if (code !== '0') throw new Error(text);
    return Buffer.concat(parts);
}

/** What a call ended with: in its trailers, or in its headers where it has nothing else to say. */
function statusOf(request: ClientHttp2Stream): () => { code: string; text: string } {
    const status = { code: '2', text: 'the call has no end' };
    const take = (headers: IncomingHttpHeaders): void => {
        const { 'grpc-status': code, 'grpc-message': text } = headers;
        if (typeof code !== 'string') return;
        status.code = code;
        status.text = typeof text === 'string' ? decodeURIComponent(text) : '';
    };
    request.on('response', take);
    request.on('trailers', take);
    return () => status;
}

import type Docker from 'dockerode';
import type { ImageManifest, LayeredImage } from '../docker/checkpoint.js';
import { ask } from '../docker/client.js';
import { GrpcClient } from './grpcClient.js';
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
    const client = await GrpcClient.open(docker);
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
        client.close();
    }
    throw new Error(`Docker has no manifest of ${id} with the layers that it has`);
}

async function readBlob(client: GrpcClient, digest: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const answer of client.stream(READ, message([[READ_DIGEST, digest]]))) {
        for (const [field, value] of fieldsOf(answer)) {
            if (field === READ_DATA && Buffer.isBuffer(value)) parts.push(Buffer.from(value));
        }
    }
    return Buffer.concat(parts);
}

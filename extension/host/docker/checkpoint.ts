import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { padding, TAR_END, tarHeader } from '../tar/writer.js';
import { ask } from './client.js';
import { IMAGE_LABEL, noteImage, sessionTag } from './objects.js';

/** A list of layers as the daemon's store of manifests has it. */
export interface ImageManifest {
    readonly mediaType?: string;
    readonly config: { readonly mediaType: string };
    readonly layers: readonly unknown[];
}

/** An image as far as a checkpoint is made from it. */
export interface LayeredImage {
    readonly architecture: string;
    readonly os: string;
    /** Digests of the layers' uncompressed content, from the bottom. */
    readonly layers: readonly string[];
    /** Null where the daemon keeps no manifests. */
    readonly manifest: ImageManifest | null;
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * Makes an image of the first layers of another one: the state of a stage before one of its steps.
 *
 * The archive for `docker load` names the layers by their digests and carries none of them, since
 * the daemon has them already; nothing is copied, unpacked or built.
 */
export async function imageOfLayers(
    docker: Docker,
    image: LayeredImage,
    count: number,
    session: string,
): Promise<string> {
    const config = JSON.stringify({
        architecture: image.architecture,
        os: image.os,
        config: { Labels: { [IMAGE_LABEL]: session } },
        rootfs: { type: 'layers', diff_ids: image.layers.slice(0, count) },
    });
    const name = sessionTag(session, sha256(config).slice(0, 12));
    const { id, files } =
        image.manifest === null
            ? classicArchive(name, config, count)
            : ociLayout(name, config, image.manifest, count);
    await noteImage(docker, session, id);
    await load(docker, files);
    return id;
}

/** An archive for `docker load`, and the image that it makes. */
interface ImageArchive {
    readonly id: string;
    readonly files: Readonly<Record<string, string>>;
}

/** For the classic store, where an image is its config. */
function classicArchive(name: string, config: string, count: number): ImageArchive {
    const digest = sha256(config);
    const layers = Array.from({ length: count }, (_, index) => `${index}/layer.tar`);
    const manifest = [{ Config: `${digest}.json`, RepoTags: [name], Layers: layers }];
    const files = { [`${digest}.json`]: config, 'manifest.json': JSON.stringify(manifest) };
    return { id: `sha256:${digest}`, files };
}

/** For containerd's store, where an image is its manifest, and layers have the names in that. */
function ociLayout(name: string, config: string, of: ImageManifest, count: number): ImageArchive {
    const configDigest = sha256(config);
    const mediaType = of.mediaType ?? OCI_MANIFEST;
    const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: {
            mediaType: of.config.mediaType,
            digest: `sha256:${configDigest}`,
            size: Buffer.byteLength(config),
        },
        layers: of.layers.slice(0, count),
    });
    const digest = sha256(manifest);
    const id = `sha256:${digest}`;
    const annotations = { 'io.containerd.image.name': `docker.io/library/${name}` };
    const size = Buffer.byteLength(manifest);
    const manifests = [{ mediaType, digest: id, size, annotations }];
    const files = {
        'oci-layout': JSON.stringify({ imageLayoutVersion: '1.0.0' }),
        'index.json': JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }),
        [`blobs/sha256/${configDigest}`]: config,
        [`blobs/sha256/${digest}`]: manifest,
    };
    return { id, files };
}

async function load(docker: Docker, files: Readonly<Record<string, string>>): Promise<void> {
    const parts = Object.entries(files).flatMap(([name, text]) => textFile(name, text));
    const archive = Buffer.concat([...parts, TAR_END]);
    await ask('Making a checkpoint', async () => {
        const response = await docker.loadImage(Readable.from([archive]), { quiet: true });
        for await (const line of response as AsyncIterable<Buffer>) throwIfRefused(line.toString());
    });
}

function sha256(text: string): string {
    return createHash('sha256').update(text).digest('hex');
}

function textFile(name: string, text: string): Buffer[] {
    const data = Buffer.from(text);
    const header = { mode: 0o644, uid: 0, gid: 0, size: data.length, mtimeMs: 0, target: '' };
    return [tarHeader({ name, kind: 'file', ...header }), data, padding(data.length)];
}

/** `docker load` answers 200 and says in the body what went wrong. */
function throwIfRefused(text: string): void {
    if (text.includes('"errorDetail"')) throw new Error(text.trim());
}

/** Keeps the state of a container as an image, with nothing of the container's own configuration. */
export async function imageOfContainer(
    docker: Docker,
    container: Docker.Container,
    session: string,
): Promise<string> {
    const [repo, tag] = sessionTag(session, `kept-${randomUUID()}`).split(':');
    const committed: unknown = await ask('Keeping a checkpoint', () =>
        container.commit({
            pause: false,
            _query: { container: container.id, pause: false, repo, tag },
            _body: { Labels: { [IMAGE_LABEL]: session } },
        } as unknown as Record<string, never>),
    );
    const { Id: id } = committed as { Id: string };
    await noteImage(docker, session, id);
    return id;
}

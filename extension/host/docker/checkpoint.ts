import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { padding, TAR_END, tarHeader } from '../tar/writer.js';
import { ask, SESSION_LABEL } from './client.js';

/**
 * Makes an image of the first layers of another one: the state of a stage before one of its steps.
 *
 * The archive for `docker load` names the layers by their digests and carries none of them, since
 * the daemon has them already; nothing is copied, unpacked or built.
 */
export async function imageOfLayers(
    docker: Docker,
    image: string,
    count: number,
    session: string,
): Promise<string> {
    const inspected = await ask(`Looking at image ${image}`, () =>
        docker.getImage(image).inspect(),
    );
    const layers = inspected.RootFS.Layers ?? [];
    const config = JSON.stringify({
        architecture: inspected.Architecture,
        os: inspected.Os,
        config: { Labels: { [SESSION_LABEL]: session } },
        rootfs: { type: 'layers', diff_ids: layers.slice(0, count) },
    });
    const digest = createHash('sha256').update(config).digest('hex');
    const manifest = [
        {
            Config: `${digest}.json`,
            RepoTags: null,
            Layers: Array.from({ length: count }, (_, index) => `${index}/layer.tar`),
        },
    ];
    const archive = Buffer.concat([
        ...textFile(`${digest}.json`, config),
        ...textFile('manifest.json', JSON.stringify(manifest)),
        TAR_END,
    ]);
    await ask('Making a checkpoint', async () => {
        const response = await docker.loadImage(Readable.from([archive]), { quiet: true });
        for await (const line of response as AsyncIterable<Buffer>) throwIfRefused(line.toString());
    });
    return `sha256:${digest}`;
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
    container: Docker.Container,
    session: string,
): Promise<string> {
    const made: unknown = await ask('Keeping a checkpoint', () =>
        container.commit({
            pause: false,
            _query: { container: container.id, pause: false },
            _body: { Labels: { [SESSION_LABEL]: session } },
        } as unknown as Record<string, never>),
    );
    return (made as { Id: string }).Id;
}

/** Removes an image of ours; one that is gone or still in use by a newer one is no error. */
export async function removeImage(docker: Docker, id: string): Promise<void> {
    await docker
        .getImage(id)
        .remove({ force: true, noprune: false })
        .catch(() => undefined);
}

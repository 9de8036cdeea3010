import { afterAll, beforeAll, expect, test } from 'vitest';
import type Docker from 'dockerode';
import { LiveContainer } from '../../extension/host/containers/liveContainer.js';
import { connect } from '../../extension/host/engine.js';

const docker = await connect();
let container: Docker.Container;
let live: LiveContainer;

beforeAll(async () => {
    container = await docker.createContainer({ Image: 'busybox', Cmd: ['sleep', '1000'] });
    await container.start();
    live = new LiveContainer(docker, container.id);
});

afterAll(async () => {
    await live.close();
    await container.remove({ force: true });
});

test('a restarted container shows nothing of ours at any time', async () => {
    await live.prepare();
    await live.restart();
    const shown = new Set<string>();
    for (let look = 0; look < 40; look += 1) {
        const changes: unknown = await container.changes();
        // Where nothing changed, the answer is `null`, which the client passes on as bytes.
        if (!Array.isArray(changes)) continue;
        for (const { Path: path } of changes as { Path: string }[]) shown.add(path);
    }
    expect([...shown]).toEqual([]);
});

test('a container that is killed while the helper comes keeps nothing of it', async () => {
    for (let round = 0; round < 12; round += 1) {
        await live.close();
        const opening = live.prepare();
        await new Promise((resolve) => setTimeout(resolve, round * 4));
        await container.kill();
        await opening;
        await container.start();
    }
    await live.close();
    await live.prepare();
    const changes: unknown = await container.changes();
    expect(Array.isArray(changes) ? changes : []).toEqual([]);
});

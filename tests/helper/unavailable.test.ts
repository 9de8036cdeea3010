import { afterAll, beforeAll, expect, test } from 'vitest';
import type Docker from 'dockerode';
import { LiveContainer } from '../../extension/host/containers/liveContainer.js';
import { docker, removeContainer, TEST_LABELS } from './containers.js';

/** Where its file system cannot be written to, no program can be put into a container. */
let container: Docker.Container;

beforeAll(async () => {
    container = await docker.createContainer({
        Image: 'busybox',
        Cmd: ['sleep', '600'],
        Labels: TEST_LABELS,
        HostConfig: { ReadonlyRootfs: true },
    });
    await container.start();
});

afterAll(async () => {
    await removeContainer(container);
});

test('a container that the helper cannot run in says so once, and why', async () => {
    const said: string[] = [];
    const live = new LiveContainer(docker, container.id, ({ message }) => said.push(message));
    await live.prepare();
    await live.close();
    await live.prepare();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^The helper cannot run in the container: .*read-only/u);
});

/** Containers of the helper's tests on the real daemon. */
import Docker from 'dockerode';
import { helperPath, putHelper } from '../../extension/host/helper/install.js';

export const docker = new Docker();
export const TEST_LABELS = { 'livepush.test.helper': '1' };

/** A build container as the host makes it: the helper is its first process. */
export async function idleContainer(
    options: Partial<Docker.ContainerCreateOptions> = {},
): Promise<Docker.Container> {
    const path = helperPath();
    const container = await docker.createContainer({
        Image: 'busybox',
        ...options,
        Labels: TEST_LABELS,
        User: '0:0',
        WorkingDir: '/',
        Entrypoint: [path, 'idle'],
        Cmd: [],
    });
    await putHelper(docker, container.id, path, 'amd64');
    await container.start();
    return container;
}

export async function removeContainer(container: Docker.Container): Promise<void> {
    await container.remove({ force: true, v: true });
}

/** What a command prints in a container, by a plain exec. */
export async function execOutput(container: Docker.Container, ...argv: string[]): Promise<string> {
    const exec = await container.exec({
        Cmd: argv,
        AttachStdout: true,
        AttachStderr: true,
        Tty: true,
    });
    const stream = await exec.start({ Tty: true });
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return text.replaceAll('\r\n', '\n');
}

/** How many names each path's file has, and when it was last modified, as the container says. */
export async function linksAndTimes(container: Docker.Container, top: string): Promise<string[]> {
    const find = ['find', top, '-exec', 'stat', '-c', '%n %h %Y', '{}', '+'];
    return (await execOutput(container, ...find)).trim().split('\n').sort();
}

/** Paths that Docker says have changed since the image. */
export async function changedPaths(container: Docker.Container): Promise<string[]> {
    // Where nothing has changed, the daemon says `null` and dockerode returns an empty buffer.
    const changes: unknown = await container.changes();
    if (!Array.isArray(changes)) return [];
    return (changes as { Path: string }[]).map((change) => change.Path).sort();
}

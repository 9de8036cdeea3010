/** Builds and containers of the scenarios: all labelled, so that all of it can be found and removed. */
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import Docker from 'dockerode';
import { treeOf, type Tree } from './tree.js';

export const docker = new Docker();

export const LABEL = 'livepush.scenario';

/** The client that has BuildKit: another one without plugins may come first on PATH. */
const CLIENT = process.env['LIVEPUSH_DOCKER'] ?? firstOf('/usr/bin/docker', 'docker');

function firstOf(preferred: string, otherwise: string): string {
    return fs.existsSync(preferred) ? preferred : otherwise;
}

/** What `docker build` itself calls: without the client before it, a build costs half as much. */
const BUILDX = execFileSync(CLIENT, [
    'info',
    '--format={{range .ClientInfo.Plugins}}{{if eq .Name "buildx"}}{{.Path}}{{end}}{{end}}',
])
    .toString()
    .trim();

export class BuildError extends Error {
    override readonly name = 'BuildError';
}

export interface BuildRequest {
    readonly label: string;
    readonly context: string;
    /** Path of the Dockerfile, which need not be in the context. */
    readonly dockerfile: string;
    readonly buildArgs?: Readonly<Record<string, string>>;
    readonly noCache?: boolean;
}

/** Builds as `docker build` does and returns the id of the image. */
export async function build(request: BuildRequest): Promise<string> {
    const args = ['build', '--quiet', '--label', `${LABEL}=${request.label}`];
    args.push('--file', request.dockerfile);
    for (const [name, value] of Object.entries(request.buildArgs ?? {})) {
        args.push('--build-arg', `${name}=${value}`);
    }
    if (request.noCache === true) args.push('--no-cache');
    return (await buildx([...args, request.context])).trim();
}

function buildx(args: readonly string[]): Promise<string> {
    // Where the context comes from is not asked of git.
    const env = { ...process.env, BUILDX_GIT_INFO: 'false' };
    const child = spawn(BUILDX, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => error.push(data));
    return new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => {
            if (code === 0) resolve(Buffer.concat(out).toString());
            else reject(new BuildError(Buffer.concat(error).toString().trim()));
        });
    });
}

/** A container that does nothing, or runs the image's own command. */
export async function run(image: string, label: string, own: boolean): Promise<Docker.Container> {
    const container = await docker.createContainer({
        Image: image,
        Labels: { [LABEL]: label },
        ...(own ? {} : { Entrypoint: [], Cmd: ['/bin/busybox', 'sleep', '2147483647'] }),
        // None of these applications speaks to anybody, and a network takes as long as the rest.
        HostConfig: { Init: false, NetworkMode: 'none' },
    });
    await container.start();
    return container;
}

/** The tree that a new container of an image has. */
export async function treeOfImage(image: string, label: string): Promise<Tree> {
    const container = await docker.createContainer({
        Image: image,
        Labels: { [LABEL]: label },
        Entrypoint: [],
        Cmd: ['-'],
    });
    try {
        return await treeOf(container);
    } finally {
        await container.remove({ v: true, force: true });
    }
}

/** Removes every container and image that carries the label. */
export async function removeAll(label: string): Promise<void> {
    const filters = { label: [`${LABEL}=${label}`] };
    for (const { Id } of await docker.listContainers({ all: true, filters })) {
        await docker.getContainer(Id).remove({ force: true, v: true });
    }
    for (const { Id } of await docker.listImages({ all: true, filters })) {
        // A checkpoint that an engine left behind may still hold it: then it is that engine's to remove.
        await docker
            .getImage(Id)
            .remove({ force: true })
            .catch(() => undefined);
    }
}

/** A directory for one scenario; `remove` it afterwards. */
export function workspace(label: string): { readonly path: string; remove: () => void } {
    const root = path.join(process.env['TMPDIR'] ?? '/tmp', 'livepush-scenarios', label);
    fs.mkdirSync(root, { recursive: true });
    return { path: root, remove: () => fs.rmSync(root, { recursive: true, force: true }) };
}

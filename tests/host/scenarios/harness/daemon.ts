/** Builds and containers of the scenarios: all labelled, so that all of it can be found and removed. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import Docker from 'dockerode';
import { BUILDX } from './client.js';
import type { Project } from './engine.js';
import { treeOf, treeOfLayers, type Tree } from './tree.js';

export const docker = new Docker();

export const LABEL = 'livepush.scenario';

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

/** The live Dockerfile of a project, from the context as it is now. */
export function buildAt(project: Project, noCache = false): Promise<string> {
    const { scenario, label, root, dockerfile } = project;
    const ignoreFile = path.join(root, 'Dockerfile.dockerignore');
    if (fs.existsSync(ignoreFile)) fs.copyFileSync(ignoreFile, `${dockerfile}.dockerignore`);
    else fs.rmSync(`${dockerfile}.dockerignore`, { force: true });
    return build({
        label,
        context: root,
        dockerfile,
        ...(scenario.buildArgs === undefined ? {} : { buildArgs: scenario.buildArgs }),
        noCache: noCache || process.env['LIVEPUSH_NO_CACHE'] === '1',
    });
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
    const tree = await treeOfLayers(docker.getImage(image));
    if (tree !== null) return tree;
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

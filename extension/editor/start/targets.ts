/** What can be started: the Dockerfiles of all workspace folders, and what Compose builds. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { settingsFor } from '../settings.js';

export interface Target {
    readonly dockerfile: vscode.Uri;
    readonly context: vscode.Uri;
    /** The service, where a Compose file names it. */
    readonly service: string | null;
    readonly stage: string | null;
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly ports: readonly string[];
}

const dockerfiles = '**/{Dockerfile,Containerfile,*.Dockerfile,*.dockerfile,Dockerfile.*}';
const composeFiles = '**/{compose,docker-compose,compose.*,docker-compose.*}.{yml,yaml}';
const excluded = '**/{node_modules,.git,vendor,.venv}/**';
const mostFiles = 200;

export function isDockerfile(uri: vscode.Uri): boolean {
    const name = path.posix.basename(uri.path);
    return (
        (/^(?:Dockerfile|Containerfile)(?:\..+)?$/u.test(name) || /\.dockerfile$/iu.test(name)) &&
        !name.endsWith('.dockerignore')
    );
}

/** A Dockerfile by itself, with the options that the folder's settings give. */
export function targetOf(dockerfile: vscode.Uri): Target {
    const { context, target, buildArgs, ports } = settingsFor(dockerfile);
    return {
        dockerfile,
        context: contextOf(dockerfile, context),
        service: null,
        stage: target === '' ? null : target,
        buildArgs,
        ports,
    };
}

function contextOf(dockerfile: vscode.Uri, configured: string): vscode.Uri {
    if (configured === '') return vscode.Uri.joinPath(dockerfile, '..');
    if (path.isAbsolute(configured)) return vscode.Uri.file(configured);
    const folder = vscode.workspace.getWorkspaceFolder(dockerfile)?.uri;
    return vscode.Uri.joinPath(folder ?? vscode.Uri.joinPath(dockerfile, '..'), configured);
}

export async function findTargets(token?: vscode.CancellationToken): Promise<Target[]> {
    const [files, compose] = await Promise.all([
        vscode.workspace.findFiles(dockerfiles, excluded, mostFiles, token),
        vscode.workspace.findFiles(composeFiles, excluded, mostFiles, token),
    ]);
    const composed = (await Promise.all(compose.map(composeTargets))).flat();
    const named = new Set(composed.map((target) => target.dockerfile.toString()));
    const single = files
        .filter((uri) => isDockerfile(uri) && !named.has(uri.toString()))
        .map(targetOf);
    return [...single, ...composed].sort((a, b) =>
        a.dockerfile.path.localeCompare(b.dockerfile.path),
    );
}

/** Bytes of the longest Compose file that is read. */
const longestCompose = 4 * 1024 * 1024;

async function composeTargets(file: vscode.Uri): Promise<Target[]> {
    const { type, size } = await vscode.workspace.fs.stat(file);
    // A pipe would be read for ever.
    if ((type & vscode.FileType.File) === 0 || size > longestCompose) return [];
    const [{ composeBuilds }, bytes] = await Promise.all([
        import(/* webpackChunkName: "compose" */ './compose.js'),
        vscode.workspace.fs.readFile(file),
    ]);
    const folder = vscode.Uri.joinPath(file, '..');
    const { buildArgs } = settingsFor(file);
    return composeBuilds(new TextDecoder().decode(bytes)).map((build) => {
        const context = vscode.Uri.joinPath(folder, build.context);
        return {
            dockerfile: vscode.Uri.joinPath(context, build.dockerfile),
            context,
            service: build.service,
            stage: build.target,
            buildArgs: { ...build.args, ...buildArgs },
            ports: build.ports,
        };
    });
}

/** The contexts of the docker command line, as it keeps them beside its config file. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { LivepushError, messageOf } from '../../common/errors.js';
import { joinPath, type Machine, variable } from './machine.js';

/** The context that stands for DOCKER_HOST or the default socket; no file describes it. */
export const DEFAULT_CONTEXT = 'default';

export interface DockerContext {
    readonly name: string;
    readonly description: string;
    /** The address of its engine, or an empty text where it names none. */
    readonly host: string;
    readonly skipVerify: boolean;
    /** Folder of `ca.pem`, `cert.pem` and `key.pem`, each of which may be missing. */
    readonly certificates: string;
}

/** `$DOCKER_CONFIG`, or `.docker` in the home folder. */
export function configFolder(machine: Machine): string {
    return variable(machine, 'DOCKER_CONFIG') ?? joinPath(machine, machine.home, '.docker');
}

/** The `currentContext` of the docker command line's config file, or null. */
export async function currentContext(machine: Machine): Promise<string | null> {
    const config = await readJson(joinPath(machine, configFolder(machine), 'config.json'));
    const name = field(config, 'currentContext');
    return typeof name === 'string' && name !== '' ? name : null;
}

/** A context by its name, or null where there is none. */
export async function readContext(machine: Machine, name: string): Promise<DockerContext | null> {
    const id = createHash('sha256').update(name).digest('hex');
    return readMeta(machine, id);
}

/** All contexts but the default one, by name. */
export async function listContexts(machine: Machine): Promise<readonly DockerContext[]> {
    const folder = joinPath(machine, configFolder(machine), 'contexts', 'meta');
    const ids = await readdir(folder).catch(() => []);
    const contexts = await Promise.all(ids.map((id) => readMeta(machine, id).catch(() => null)));
    return contexts
        .filter((context) => context !== null)
        .sort((a, b) => a.name.localeCompare(b.name));
}

async function readMeta(machine: Machine, id: string): Promise<DockerContext | null> {
    const contexts = joinPath(machine, configFolder(machine), 'contexts');
    const meta = await readJson(joinPath(machine, contexts, 'meta', id, 'meta.json'));
    const name = field(meta, 'Name');
    if (typeof name !== 'string') return null;
    const endpoint = field(field(meta, 'Endpoints'), 'docker');
    return {
        name,
        description: text(field(field(meta, 'Metadata'), 'Description')),
        host: text(field(endpoint, 'Host')),
        skipVerify: field(endpoint, 'SkipTLSVerify') === true,
        certificates: joinPath(machine, contexts, 'tls', id, 'docker'),
    };
}

/** What a file holds, or null where there is no file; one that cannot be read is told of. */
async function readJson(path: string): Promise<unknown> {
    let content: string;
    try {
        content = await readFile(path, 'utf8');
    } catch (error) {
        const code = field(error, 'code');
        if (code === 'ENOENT' || code === 'ENOTDIR') return null;
        throw unreadable(path, error);
    }
    try {
        return JSON.parse(content) as unknown;
    } catch (error) {
        throw unreadable(path, error);
    }
}

function unreadable(path: string, error: unknown): LivepushError {
    const message = `Docker’s configuration ${path} cannot be read: ${messageOf(error)}`;
    return new LivepushError('connection-invalid', message, {
        remedy: 'Correct the file, or set `livepush.dockerHost`.',
        path,
        cause: error,
    });
}

function field(value: unknown, name: string): unknown {
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as Readonly<Record<string, unknown>>)[name];
}

function text(value: unknown): string {
    return typeof value === 'string' ? value : '';
}

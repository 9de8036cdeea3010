/** What `docker compose config` makes of a project, as far as Livepush has to know it. */
import { isAbsolute, join } from 'node:path';
import { LivepushError } from '../common/errors.js';
import { compose, type ComposeCall } from './cli.js';

export interface ComposeModel {
    readonly name: string;
    readonly services: ReadonlyMap<string, ServiceModel>;
}

export interface ServiceModel {
    readonly name: string;
    /** How it is built, or null where it is run from an image. */
    readonly build: BuildModel | null;
    /** What the file says in place of the image's own; null where it says nothing. */
    readonly entrypoint: readonly string[] | null;
    readonly command: readonly string[] | null;
    /** Whether Docker's own init is the first process. */
    readonly init: boolean;
}

export interface BuildModel {
    /** Absolute. */
    readonly context: string;
    /** Absolute. */
    readonly dockerfile: string;
    readonly target: string | null;
    readonly args: Readonly<Record<string, string>>;
    /** What the build asks for that only Compose's own build does; such a service is not live. */
    readonly unsupported: readonly string[];
}

/** Settings of a build that change nothing of what is built. */
const IRRELEVANT = new Set(['cache_from', 'cache_to', 'labels', 'no_cache', 'pull', 'tags']);
const KNOWN = new Set(['context', 'dockerfile', 'target', 'args', ...IRRELEVANT]);

/** Asks Compose for the model of a project. */
export async function readModel(call: ComposeCall, signal?: AbortSignal): Promise<ComposeModel> {
    const text = await compose(call, ['config', '--format', 'json'], { signal });
    return parseModel(JSON.parse(text) as unknown);
}

/** Reads what `docker compose config --format json` printed. */
export function parseModel(config: unknown): ComposeModel {
    const { name, services } = record(config);
    if (typeof name !== 'string') {
        throw new LivepushError('compose-failed', 'The Compose project has no name', {
            remedy: 'Name it with `name:` in the Compose file.',
        });
    }
    const models = Object.entries(record(services)).map(([service, definition]) => {
        return [service, serviceModel(service, record(definition))] as const;
    });
    return { name, services: new Map(models) };
}

function serviceModel(name: string, service: Readonly<Record<string, unknown>>): ServiceModel {
    return {
        name,
        build: service['build'] === undefined ? null : buildModel(record(service['build'])),
        entrypoint: words(service['entrypoint']),
        command: words(service['command']),
        init: service['init'] === true,
    };
}

function buildModel(build: Readonly<Record<string, unknown>>): BuildModel {
    const context = text(build['context']) ?? '.';
    const dockerfile = text(build['dockerfile']) ?? 'Dockerfile';
    const { target } = build;
    const args = Object.entries(record(build['args'] ?? {})).flatMap(([name, value]) => {
        return value === null || value === undefined ? [] : [[name, scalar(value)] as const];
    });
    const unsupported = Object.keys(build).filter((key) => !KNOWN.has(key) && !isExtension(key));
    if (context.includes('://')) unsupported.push('context');
    return {
        context,
        dockerfile: isAbsolute(dockerfile) ? dockerfile : join(context, dockerfile),
        target: text(target),
        args: Object.fromEntries(args),
        unsupported,
    };
}

function isExtension(key: string): boolean {
    return key.startsWith('x-');
}

function record(value: unknown): Readonly<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return value as Readonly<Record<string, unknown>>;
}

function text(value: unknown): string | null {
    return typeof value === 'string' && value !== '' ? value : null;
}

function scalar(value: unknown): string {
    return typeof value === 'string' ? value : JSON.stringify(value);
}

function words(value: unknown): string[] | null {
    return Array.isArray(value) ? value.map(scalar) : null;
}

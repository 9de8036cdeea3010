/** The services of a Compose file that are built here. Read for their `build:` sections only. */
import { parse } from 'yaml';

export interface ComposeBuild {
    readonly service: string;
    /** Relative to the Compose file's folder. */
    readonly context: string;
    /** Relative to the context. */
    readonly dockerfile: string;
    readonly target: string | null;
    readonly args: Readonly<Record<string, string>>;
    readonly ports: readonly string[];
}

/** What cannot be understood is left out: the file is Compose's business, not ours. */
export function composeBuilds(text: string): ComposeBuild[] {
    const services = field(parseYaml(text), 'services');
    if (!isMap(services)) return [];
    return Object.entries(services).flatMap(([service, definition]) => {
        const build = buildOf(service, definition);
        return build === null ? [] : [build];
    });
}

function parseYaml(text: string): unknown {
    try {
        return parse(text);
    } catch {
        return null;
    }
}

function buildOf(service: string, definition: unknown): ComposeBuild | null {
    const build = field(definition, 'build');
    const ports = plainPorts(field(definition, 'ports'));
    if (typeof build === 'string') {
        return isPlain(build)
            ? { service, context: build, dockerfile: 'Dockerfile', target: null, args: {}, ports }
            : null;
    }
    if (!isMap(build) || field(build, 'dockerfile_inline') !== undefined) return null;
    const context = field(build, 'context') ?? '.';
    const dockerfile = field(build, 'dockerfile') ?? 'Dockerfile';
    const target = field(build, 'target') ?? null;
    if (!isPlain(context) || !isPlain(dockerfile)) return null;
    return {
        service,
        context,
        dockerfile,
        target: isPlain(target) ? target : null,
        args: plainArguments(field(build, 'args')),
        ports,
    };
}

/** Compose would fill `${…}` from its own environment, which we do not have. */
function isPlain(value: unknown): value is string {
    return typeof value === 'string' && !value.includes('$') && !value.includes('://');
}

function plainArguments(value: unknown): Record<string, string> {
    const pairs: [string, unknown][] = Array.isArray(value)
        ? value.filter((item) => typeof item === 'string').map(splitPair)
        : isMap(value)
          ? Object.entries(value)
          : [];
    return Object.fromEntries(
        pairs.flatMap(([key, raw]) => {
            const text = typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : raw;
            return typeof text === 'string' && !text.includes('$') ? [[key, text] as const] : [];
        }),
    );
}

function splitPair(pair: string): [string, unknown] {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + 1)];
}

function plainPorts(value: unknown): string[] {
    if (!Array.isArray(value)) return [];
    return value
        .map((port: unknown) => (typeof port === 'number' ? String(port) : port))
        .filter((port): port is string => isPlain(port));
}

function field(value: unknown, name: string): unknown {
    return isMap(value) ? value[name] : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

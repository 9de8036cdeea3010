/** Which engine is meant, decided in the order of the docker command line. */
import type { ConnectionSettings, ConnectionSource, EngineConnection } from '../../api.js';
import { LivepushError } from '../../common/errors.js';
import {
    type Address,
    defaultAddress,
    engineHost,
    formatAddress,
    parseAddress,
} from './address.js';
import { type Certificates, hasAny, readCertificates } from './certificates.js';
import {
    configFolder,
    currentContext,
    DEFAULT_CONTEXT,
    type DockerContext,
    listContexts,
    readContext,
} from './contexts.js';
import { type Machine, variable } from './machine.js';

/** An engine that was chosen but not yet spoken to. */
export interface EngineChoice {
    readonly address: Address;
    /** Null where the connection is not encrypted by TLS. */
    readonly certificates: Certificates | null;
    /** How the choice is shown. */
    readonly connection: EngineConnection;
    /** What chose it, where that is not plain from a setting: for messages. */
    readonly source: string | null;
}

interface Named {
    readonly source: ConnectionSource;
    readonly text: string;
    readonly context: DockerContext | null;
}

/** What a person calls the source of a choice. */
const SOURCE_NAMES: Readonly<Record<ConnectionSource, string>> = {
    'host-setting': 'livepush.dockerHost',
    'context-setting': 'livepush.dockerContext',
    DOCKER_HOST: 'DOCKER_HOST',
    DOCKER_CONTEXT: 'DOCKER_CONTEXT',
    'current-context': 'currentContext',
    default: 'default',
};

/**
 * The engine that settings, environment and the docker command line's config choose, in this
 * order. Throws a LivepushError `connection-invalid` where what they name cannot be used: another
 * engine is never taken in its place.
 */
export async function chooseEngine(
    settings: ConnectionSettings,
    machine: Machine,
): Promise<EngineChoice> {
    const named = await chooseName(settings, machine);
    const source = sourceName(named);
    const parsed = parseAddress(named.text, { platform: machine.platform, source });
    const certificates = await certificatesFor(parsed, named.context, settings, machine);
    const address = withPort(parsed, certificates !== null);
    return {
        address,
        certificates,
        connection: {
            context: named.context?.name ?? null,
            address: formatAddress(address),
            source: named.source,
            host: engineHost(address),
            tls: certificates !== null,
        },
        source: named.source === 'host-setting' || named.source === 'default' ? null : source,
    };
}

function sourceName({ source, context }: Named): string {
    const name = SOURCE_NAMES[source];
    return context === null ? name : `context ${context.name}, ${name}`;
}

async function chooseName(settings: ConnectionSettings, machine: Machine): Promise<Named> {
    const host = settings.host ?? '';
    const context = settings.context ?? '';
    if (host !== '' && context !== '') {
        throw new LivepushError(
            'connection-invalid',
            'Both `livepush.dockerHost` and `livepush.dockerContext` are set',
            { remedy: 'Keep only one of them.' },
        );
    }
    if (host !== '') return { source: 'host-setting', text: host, context: null };
    if (context !== '') return named(context, 'context-setting', machine);
    const fromEnvironment = variable(machine, 'DOCKER_HOST');
    if (fromEnvironment !== null) {
        return { source: 'DOCKER_HOST', text: fromEnvironment, context: null };
    }
    const contextOfEnvironment = variable(machine, 'DOCKER_CONTEXT');
    if (contextOfEnvironment !== null)
        return named(contextOfEnvironment, 'DOCKER_CONTEXT', machine);
    const current = await currentContext(machine);
    if (current !== null) return named(current, 'current-context', machine);
    return defaultName(machine);
}

async function named(name: string, source: ConnectionSource, machine: Machine): Promise<Named> {
    if (name === DEFAULT_CONTEXT) return defaultName(machine);
    const context = await readContext(machine, name);
    if (context === null) throw await noContext(name, source, machine);
    if (context.host !== '') return { source, text: context.host, context };
    return { source, text: defaultAddress(machine.platform), context };
}

/** The default context is DOCKER_HOST where that is set. */
function defaultName(machine: Machine): Named {
    const host = variable(machine, 'DOCKER_HOST');
    if (host !== null) return { source: 'DOCKER_HOST', text: host, context: null };
    return { source: 'default', text: defaultAddress(machine.platform), context: null };
}

async function noContext(
    name: string,
    source: ConnectionSource,
    machine: Machine,
): Promise<LivepushError> {
    const others = [DEFAULT_CONTEXT, ...(await listContexts(machine)).map((each) => each.name)];
    const message = `There is no Docker context “${name}” (${SOURCE_NAMES[source]})`;
    return new LivepushError('connection-invalid', message, {
        remedy: `Choose one of: ${others.join(', ')}.`,
    });
}

/** A context brings its own; for any other address, the setting goes before the environment. */
async function certificatesFor(
    address: Address,
    context: DockerContext | null,
    settings: ConnectionSettings,
    machine: Machine,
): Promise<Certificates | null> {
    if (address.kind !== 'tcp' || address.tls === false) return null;
    if (context !== null) {
        const own = await readCertificates(machine, context.certificates, !context.skipVerify);
        if (hasAny(own) || context.skipVerify) return own;
    }
    const folder = settings.certPath ?? '';
    if (folder !== '') return certificatesOf(folder, 'livepush.dockerCertPath', true, machine);
    if (context === null && usesTls(machine)) {
        const verify = variable(machine, 'DOCKER_TLS_VERIFY') !== null;
        const path = variable(machine, 'DOCKER_CERT_PATH');
        if (path !== null) return certificatesOf(path, 'DOCKER_CERT_PATH', verify, machine);
        return readCertificates(machine, configFolder(machine), verify);
    }
    return address.tls === true ? { verify: true, folder: '' } : null;
}

/** Where a folder was named, it has to hold some. */
async function certificatesOf(
    folder: string,
    source: string,
    verify: boolean,
    machine: Machine,
): Promise<Certificates> {
    const certificates = await readCertificates(machine, folder, verify);
    if (hasAny(certificates)) return certificates;
    const message = `There are no certificates in ${folder} (${source})`;
    throw new LivepushError('connection-invalid', message, {
        remedy: 'Name the folder that holds `ca.pem`, `cert.pem` and `key.pem`.',
        path: folder,
    });
}

function usesTls(machine: Machine): boolean {
    return ['DOCKER_TLS', 'DOCKER_TLS_VERIFY'].some((name) => variable(machine, name) !== null);
}

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

function withPort(address: Address, tls: boolean): Address {
    if (address.kind !== 'tcp' || address.port !== null) return address;
    return { ...address, port: tls ? TLS_PORT : PLAIN_PORT };
}

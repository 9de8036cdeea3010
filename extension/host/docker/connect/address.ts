import { LivepushError } from '../../common/errors.js';

/** Where a Docker engine listens, in the forms that the docker command line knows. */
export type Address =
    /** A Unix socket or a Windows named pipe. */
    | { readonly kind: 'socket'; readonly path: string }
    | {
          readonly kind: 'tcp';
          readonly host: string;
          /** Null where the address names none: it then depends on whether TLS is used. */
          readonly port: number | null;
          /** Whether the address itself demands or excludes TLS; null leaves it to certificates. */
          readonly tls: boolean | null;
      }
    | {
          readonly kind: 'ssh';
          readonly host: string;
          readonly user: string | null;
          readonly port: number | null;
          /** The socket on that machine, where it is not the one that `docker` uses there. */
          readonly socket: string | null;
      };

/** What the address of an engine depends on besides its text. */
export interface AddressRules {
    readonly platform: NodeJS.Platform;
    /** What names the address, for messages: `livepush.dockerHost`, `DOCKER_HOST`, … */
    readonly source: string;
}

const UNIX_SOCKET = '/var/run/docker.sock';
const WINDOWS_PIPE = '//./pipe/docker_engine';

/** The address that the docker command line uses where nothing names another. */
export function defaultAddress(platform: NodeJS.Platform): string {
    return platform === 'win32' ? `npipe://${WINDOWS_PIPE}` : `unix://${UNIX_SOCKET}`;
}

/**
 * Reads an address as a person or a context writes it. Paths are taken literally: no character is
 * decoded. Throws a LivepushError `connection-invalid` that says what to write instead.
 *
 * @example parseAddress('tcp://10.0.0.7:2376', { platform: 'linux', source: 'DOCKER_HOST' })
 */
export function parseAddress(text: string, rules: AddressRules): Address {
    const address = text.trim();
    const [, scheme, rest] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/isu.exec(address) ?? [];
    if (scheme === undefined || rest === undefined) return parseBare(address, rules);
    switch (scheme.toLowerCase()) {
        case 'unix':
            return socketAt(rest === '' ? UNIX_SOCKET : rest, address, rules);
        case 'npipe':
            return pipeAt(rest === '' ? WINDOWS_PIPE : rest, address, rules);
        case 'tcp':
            return tcpAt(rest, null, address, rules);
        case 'http':
            return tcpAt(rest, false, address, rules);
        case 'https':
            return tcpAt(rest, true, address, rules);
        case 'ssh':
            return sshAt(rest, address, rules);
        default:
            throw refused(address, rules, `Livepush cannot connect through ${scheme}://`);
    }
}

/** Without a scheme: a path, a pipe, or `host:port`. */
function parseBare(address: string, rules: AddressRules): Address {
    if (/^(?:\\\\|\/\/)[^\\/]+[\\/]pipe[\\/]/u.test(address)) {
        return pipeAt(address, address, rules);
    }
    if (address.startsWith('/')) return socketAt(address, address, rules);
    if (/^(?:\[[^\]]+\]|[^\s:/\\@[\]]+):\d+$/u.test(address)) {
        return tcpAt(address, null, address, rules);
    }
    throw refused(address, rules, 'it has neither a scheme, nor a port, nor is it a path');
}

function socketAt(path: string, address: string, rules: AddressRules): Address {
    if (rules.platform === 'win32') {
        throw refused(address, rules, 'Unix sockets cannot be opened on Windows');
    }
    if (!path.startsWith('/')) {
        throw refused(address, rules, 'the path of a socket begins with a slash');
    }
    return { kind: 'socket', path };
}

function pipeAt(path: string, address: string, rules: AddressRules): Address {
    if (rules.platform !== 'win32') {
        throw refused(address, rules, 'named pipes exist only on Windows');
    }
    if (!/^(?:\\\\|\/\/)[^\\/]+[\\/]pipe[\\/].+/u.test(path)) {
        throw refused(address, rules, 'it does not name a pipe');
    }
    return { kind: 'socket', path };
}

function tcpAt(rest: string, tls: boolean | null, address: string, rules: AddressRules): Address {
    const place = readPlace(rest, address, rules);
    if (place.user !== null) throw refused(address, rules, 'a user is only for ssh://');
    if (place.path !== '') throw refused(address, rules, 'a path cannot follow the port');
    return { kind: 'tcp', host: place.host, port: place.port ?? webPort(tls), tls };
}

function webPort(tls: boolean | null): number | null {
    if (tls === null) return null;
    return tls ? 443 : 80;
}

function sshAt(rest: string, address: string, rules: AddressRules): Address {
    const { host, user, port, path } = readPlace(rest, address, rules);
    if (user?.includes(':') === true) {
        const hidden = address.replace(/:[^:@]*@/u, ':…@');
        throw refused(hidden, rules, 'a password does not belong in an address; use a key');
    }
    // A leading hyphen would be an option of the ssh command.
    if (host.startsWith('-') || user?.startsWith('-') === true) {
        throw refused(address, rules, 'neither the host nor the user begins with a hyphen');
    }
    return { kind: 'ssh', host, user, port, socket: path === '' ? null : path };
}

interface Place {
    readonly host: string;
    readonly port: number | null;
    readonly user: string | null;
    readonly path: string;
}

/** `[user@]host[:port][/path]`, where an IPv6 address stands in brackets. */
function readPlace(text: string, address: string, rules: AddressRules): Place {
    const found =
        /^(?:([^@/]+)@)?(?:\[([\da-f:.]+(?:%[^\]\s]+)?)\]|([^\s:/@[\]]+))(?::(\d*))?(\/.*)?$/iu.exec(
            text,
        );
    if (found === null) throw refused(address, rules, 'it names no host');
    const [, user, bracketed, name, digits = '', path = ''] = found;
    const port = digits === '' ? null : Number(digits);
    if (port !== null && (port < 1 || port > 65535)) {
        throw refused(address, rules, `there is no port ${digits}`);
    }
    const host = bracketed ?? name ?? '';
    return { host, port, user: user ?? null, path: path === '/' ? '' : path };
}

function refused(address: string, rules: AddressRules, why: string): LivepushError {
    const { platform, source } = rules;
    const message = `“${address}” (${source}) is not an address of a Docker engine: ${why}`;
    return new LivepushError('connection-invalid', message, {
        remedy: remedyFor(address, platform),
    });
}

/** What to write, with the part that was meant where that can be told. */
function remedyFor(address: string, platform: NodeJS.Platform): string {
    const local = `\`${defaultAddress(platform)}\``;
    if (/^[\w.-]+$/u.test(address)) {
        return `Write \`tcp://${address}:2375\` or \`ssh://${address}\`, or, if it is the name of a Docker context, put it into \`livepush.dockerContext\`.`;
    }
    return `Write for example ${local}, \`tcp://127.0.0.1:2375\` or \`ssh://user@host\`.`;
}

/** How an address is shown to a person; it can be read again. */
export function formatAddress(address: Address): string {
    if (address.kind === 'socket') {
        const isPipe = /^[\\/]{2}/u.test(address.path);
        return `${isPipe ? 'npipe' : 'unix'}://${address.path}`;
    }
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    const port = address.port === null ? '' : `:${String(address.port)}`;
    if (address.kind === 'ssh') {
        const user = address.user === null ? '' : `${address.user}@`;
        return `ssh://${user}${host}${port}${address.socket ?? ''}`;
    }
    const scheme = address.tls === null ? 'tcp' : address.tls ? 'https' : 'http';
    return `${scheme}://${host}${port}`;
}

/**
 * The machine on which the engine runs, as its published ports are reached: null for this one.
 * What lies behind a socket counts as this machine, since nothing tells otherwise.
 */
export function engineHost(address: Address): string | null {
    if (address.kind === 'socket') return null;
    const isHere = /^(?:localhost|127(?:\.\d+){3}|::1)$/iu.test(address.host);
    return isHere ? null : address.host;
}

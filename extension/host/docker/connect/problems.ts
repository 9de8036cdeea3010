/** What a connection fails with, in sentences: sockets, names, TLS. */
import type { ErrorCode } from '../../api.js';
import { LivepushError, messageOf } from '../../common/errors.js';

/** What is known of the connection that failed. */
export interface Place {
    /** As a person would write it. */
    readonly address: string;
    /** What chose it, where that is worth telling: `context colima, DOCKER_CONTEXT`. */
    readonly source: string | null;
    /** Where its certificates come from, or null. */
    readonly certificates: string | null;
}

interface Problem {
    readonly code: ErrorCode;
    readonly message: string;
    readonly remedy: string;
}

const START_DOCKER = 'Start Docker, or name the address at which it listens.';

/** The error of a failed connection, or null for what is none. */
export function connectionProblem(thrown: unknown, place: Place | null): LivepushError | null {
    if (thrown instanceof LivepushError) return thrown;
    // A name that stands for several addresses was tried at each of them.
    const error = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown;
    if (!(error instanceof Error) || error.name === 'AbortError' || 'statusCode' in error) {
        return null;
    }
    const found = tlsProblem(error, place) ?? socketProblem(error);
    if (found === null) return null;
    const source = place?.source ?? null;
    const message = source === null ? found.message : `${found.message} (${source})`;
    return new LivepushError(found.code, message, { remedy: found.remedy, cause: thrown });
}

/** Node's errors of sockets say what was tried, why it failed, and where. */
interface SocketError extends Error {
    readonly code?: string;
    readonly syscall?: string;
    /** A host's address, or the path of a socket. */
    readonly address?: string;
    readonly port?: number;
    readonly hostname?: string;
}

function socketProblem(error: SocketError): Problem | null {
    const { code = '', syscall } = error;
    if ((code === 'EACCES' || code === 'EPERM') && syscall === 'connect') {
        return {
            code: 'permission-denied',
            message: `You have no permission to open Docker’s socket ${placeOf(error)}`,
            remedy: 'Add yourself to the group that owns it, then log in again.',
        };
    }
    const isOpening = syscall === 'connect' || syscall === 'getaddrinfo';
    const isBroken = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'];
    if (!isOpening && !isBroken.includes(code) && error.message !== 'socket hang up') return null;
    const message = isOpening ? unreachable(code, placeOf(error)) : 'Lost the connection to Docker';
    return { code: 'daemon-unreachable', message, remedy: START_DOCKER };
}

function placeOf({ address, port, hostname }: SocketError): string {
    const place = address ?? hostname ?? '';
    if (port === undefined) return place;
    return place.includes(':') ? `[${place}]:${port}` : `${place}:${port}`;
}

function unreachable(code: string, place: string): string {
    switch (code) {
        case 'ENOENT':
            return `Docker cannot be reached: there is no socket ${place}`;
        case 'ECONNREFUSED':
            return `Docker cannot be reached: nothing listens at ${place}`;
        case 'ENOTFOUND':
        case 'EAI_AGAIN':
            return `Docker cannot be reached: no host is called ${place}`;
        case 'ENAMETOOLONG':
            return `Docker cannot be reached: the path is too long for a socket: ${place}`;
        case 'ENOTSOCK':
        case 'ENOTDIR':
            return `Docker cannot be reached: ${place} is not a socket`;
        default:
            return `Docker cannot be reached: ${place} does not answer (${code})`;
    }
}

/** OpenSSL's reasons, which Node gives as codes. */
const UNTRUSTED =
    /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_(?:UNTRUSTED|SIGNATURE|REJECTED)/u;
const REFUSED = /^ERR_SSL_\w*ALERT_|^ERR_SSL_\w*CERTIFICATE_REQUIRED/u;
const PLAIN =
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNSUPPORTED)|^EPROTO$/u;
const UNUSABLE = /^ERR_OSSL_|^ERR_CRYPTO_|^ERR_SSL_(?:CA_KEY|EE_KEY|CA_MD)_TOO_\w+/u;

function tlsProblem(error: SocketError, place: Place | null): Problem | null {
    const { code = '' } = error;
    const engine = `The Docker engine at ${place?.address ?? 'this address'}`;
    const folder = place?.certificates ?? null;
    const here = folder === null ? '' : ` in ${folder}`;
    const invalid = (message: string, remedy: string): Problem => ({
        code: 'connection-invalid',
        message,
        remedy,
    });
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
        return invalid(
            `${engine} shows a certificate for other names: ${messageOf(error)}`,
            'Use the name that its certificate is for.',
        );
    }
    if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
        return invalid(`${engine} shows a certificate that is not valid now`, 'Renew it.');
    }
    if (UNTRUSTED.test(code)) {
        return invalid(
            `${engine} shows a certificate of an authority that is not trusted: ${messageOf(error)}`,
            `Put the certificate of its authority into \`ca.pem\`${here}.`,
        );
    }
    if (REFUSED.test(code)) {
        const what =
            folder === null ? 'a connection without a certificate' : `the certificate${here}`;
        return invalid(
            `${engine} refuses ${what}`,
            'Name the folder of certificates that it accepts in `livepush.dockerCertPath` or `DOCKER_CERT_PATH`.',
        );
    }
    if (PLAIN.test(code)) {
        return invalid(
            `${engine} does not speak TLS`,
            'Write `http://` in place of `tcp://` or `https://`, or unset `DOCKER_TLS_VERIFY`.',
        );
    }
    if (!UNUSABLE.test(code)) return null;
    return invalid(
        `The certificates${here} cannot be used: ${messageOf(error)}`,
        'Put `ca.pem`, `cert.pem` and `key.pem` that belong together there.',
    );
}

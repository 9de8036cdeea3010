import type { ErrorCode } from '../api.js';
import { LivepushError, messageOf } from '../common/errors.js';
import { connectionProblem } from './connect/problems.js';

interface Rule {
    readonly code: ErrorCode;
    readonly matches: RegExp;
    readonly remedy: string;
    /** The same in a sentence for a person, where the daemon's own is not one. */
    readonly sentence?: (said: string) => string | null;
}

/** What the daemon says, and what it means to a person. The first match wins. */
const RULES: readonly Rule[] = [
    {
        code: 'connection-invalid',
        matches: /client sent an HTTP request to an HTTPS server/iu,
        remedy: 'Name the folder of its certificates in `livepush.dockerCertPath` or, with `DOCKER_TLS_VERIFY=1`, in `DOCKER_CERT_PATH`.',
        sentence: () => 'The Docker engine expects an encrypted connection (TLS)',
    },
    {
        code: 'no-space',
        matches: /no space left on device|disk quota exceeded/iu,
        remedy: 'Free space where Docker keeps its data (`docker system df` says what takes it).',
    },
    {
        code: 'read-only',
        matches: /rootfs is marked read-only|read-only file system/iu,
        remedy: 'Run the container without `--read-only` while it is live.',
    },
    {
        code: 'mounted-over',
        matches: /device or resource busy|mount(?:ed)? .*read-?only/iu,
        remedy: 'Run the container without the volume or bind mount over this path.',
    },
    {
        code: 'container-paused',
        matches: /container .*is paused|Container is paused/iu,
        remedy: 'Unpause the container (`docker unpause`).',
    },
    {
        code: 'container-not-running',
        matches: /is not running|is restarting, wait until/iu,
        remedy: 'Start the container.',
    },
    {
        code: 'container-gone',
        matches: /no such container|marked for removal/iu,
        remedy: 'Rebuild to create a new container.',
    },
    {
        code: 'image-missing',
        matches: /no such image|pull access denied|not found: manifest|manifest unknown/iu,
        remedy: 'Pull or build the image.',
    },
    {
        code: 'port-taken',
        matches: /port is already allocated|address already in use/iu,
        remedy: 'Stop what listens there, or publish another port.',
        sentence: takenPort,
    },
];

/** Docker names the address and the port somewhere in what it says, and much besides. */
function takenPort(said: string): string | null {
    const [, address, port] = /(\d+\.\d+\.\d+\.\d+|\[[\da-f:]*\]):(\d+)\b/iu.exec(said) ?? [];
    if (address === undefined || port === undefined) return null;
    const every = address === '0.0.0.0' || address === '[::]';
    const where = every ? '' : ` of ${address}`;
    return `Port ${port}${where} is taken by another container or program`;
}

/** The daemon's own words, without what the client library wraps around them. */
export function daemonMessage(thrown: unknown): string {
    if (typeof thrown === 'object' && thrown !== null && 'json' in thrown) {
        const { json } = thrown;
        if (typeof json === 'object' && json !== null && 'message' in json) {
            return String(json.message);
        }
    }
    // A name that stands for several addresses was tried at each of them.
    if (thrown instanceof AggregateError) return daemonMessage(thrown.errors[0]);
    return messageOf(thrown);
}

/** Turns what the Docker client throws into an error with a cause and a remedy. */
export function fromDocker(
    thrown: unknown,
    doing: string,
    path: string | null = null,
): LivepushError {
    const lost = connectionProblem(thrown, null);
    if (lost !== null) return lost;
    const said = daemonMessage(thrown);
    const rule = RULES.find(({ matches }) => matches.test(said));
    const message = rule?.sentence?.(said) ?? `${doing}: ${said}`;
    return new LivepushError(rule?.code ?? 'internal', message, {
        remedy:
            rule?.remedy ??
            'Look at the log of the Docker daemon. Rebuild to get back to a known state.',
        path,
        cause: thrown,
    });
}

/** The HTTP status with which the daemon refused, or null if it did not answer. */
export function statusOf(thrown: unknown): number | null {
    if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return null;
    return typeof thrown.statusCode === 'number' ? thrown.statusCode : null;
}

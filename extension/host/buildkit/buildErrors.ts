import { LivepushError } from '../common/errors.js';
import { isShell, noShell } from '../docker/missingShell.js';
import type { SolveError } from './solve.js';

/** What a build had said when it failed. */
export interface BuildState {
    /** The name of the step that failed, such as `[stage 2/3] RUN make`. */
    readonly step: string | undefined;
    /** A program that a command needs and the image lacks. */
    readonly missing: string | undefined;
}

/** A failed build's error; its cause is the name of the step that failed, where one did. */
export function buildFailed(thrown: SolveError, { step, missing }: BuildState): LivepushError {
    const error = thrown.message;
    const line = /(?:Dockerfile:|parse error (?:on|at) line )(\d+)/u.exec(error)?.[1];
    const lines = thrown.lines ?? (line === undefined ? null : [Number(line), Number(line)]);
    const fault = registryFault(error, step ?? '');
    if (fault !== null) {
        const { message, remedy } = fault;
        return new LivepushError('registry-failed', message, { remedy, lines, cause: step });
    }
    const instruction = step?.replace(/^\[[^\]]*\] /u, '');
    if (missing !== undefined && isShell(missing) && error.includes(`process "${missing} `)) {
        return noShell(missing, instruction ?? null, { lines, cause: step });
    }
    const where = instruction === undefined ? '' : ` in \`${instruction}\``;
    return new LivepushError('build-failed', `The build failed${where}: ${error}`, {
        remedy: 'Correct the Dockerfile or what it runs, then start again.',
        lines,
        cause: step,
    });
}

interface Fault {
    readonly message: string;
    readonly remedy: string;
}

/** What BuildKit says of a request to a registry. */
const OF_REGISTRY =
    /failed to resolve source metadata for|failed to do request|failed to authorize|failed to fetch (?:oauth|anonymous) token|pull access denied|httpReadSeeker: failed open|load metadata for \S+: not found/u;
/** How errors and steps name an image. */
const NAMED =
    /(?:source metadata for|load metadata for|image config for (?:docker-image:\/\/)?|\bFROM) ?([\w.:/@-]+[\w])/u;

/** A failure that is not the Dockerfile's but of the registry, the network or a proxy; or null. */
function registryFault(error: string, step: string): Fault | null {
    if (!OF_REGISTRY.test(error)) return null;
    const image = NAMED.exec(error)?.[1] ?? NAMED.exec(step)?.[1] ?? 'an image';
    const registry = image.includes('/') ? image.replace(/\/.*$/u, '') : 'the registry';
    const ofFrontend = step.includes('docker-image://');
    const what = ofFrontend ? `the Dockerfile frontend ${image}` : `image ${image}`;
    const otherwise = ofFrontend
        ? ' Without the `# syntax` line, Docker’s own frontend is used.'
        : '';
    const fault = (message: string, remedy: string): Fault => ({
        message: `${message}: ${error}`,
        remedy: remedy + otherwise,
    });
    const login = registry === 'docker.io' ? 'docker login' : `docker login ${registry}`;
    if (/40[13] |unauthorized|authorization failed|access denied|no basic auth/iu.test(error)) {
        return fault(
            `Registry ${registry} refused access to ${what}`,
            `Check the name, or log in with \`${login}\`, then start again.`,
        );
    }
    if (error.includes('proxyconnect')) {
        return fault(
            `The proxy on the way to registry ${registry} does not answer, so ${what} cannot be had`,
            `Check the proxy that the Docker daemon uses for ${registry}, then start again.`,
        );
    }
    if (/x509|certificate|server gave HTTP response/u.test(error)) {
        return fault(
            `The Docker daemon does not trust registry ${registry}, which has ${what}`,
            `Give the Docker daemon the certificate of ${registry}, or list it as an insecure registry.`,
        );
    }
    if (error.includes('not found') && !error.includes('no such host')) {
        return fault(
            `Registry ${registry} has no ${what}`,
            'Check the name and the tag. One that exists only here has to be built first.',
        );
    }
    return fault(
        `Registry ${registry} cannot be reached for ${what}`,
        `Check the network, and the proxy or mirror that the Docker daemon uses for ${registry}, then start again.`,
    );
}

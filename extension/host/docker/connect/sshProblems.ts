import { LivepushError } from '../../common/errors.js';
import type { Ending } from './sshStream.js';

interface Rule {
    readonly matches: RegExp;
    /** What went wrong on the way to `host`. */
    readonly message: (host: string) => string;
    readonly remedy: (host: string) => string;
}

/** What ssh and the docker command line at the other end say. The first match wins. */
const RULES: readonly Rule[] = [
    {
        matches: /host key verification failed|host identification has changed/iu,
        message: (host) => `ssh does not trust the host key of ${host}`,
        remedy: (host) => `Run \`ssh ${host}\` once in a terminal and check the key that it shows.`,
    },
    {
        matches:
            /permission denied \(|too many authentication failures|no supported authentication/iu,
        message: (host) => `${host} refuses the ssh login`,
        remedy: (host) =>
            `Add your key to the ssh agent (\`ssh-add\`): \`ssh ${host}\` has to work without a question.`,
    },
    {
        matches:
            /docker.*(?:not found|not recognized)|(?:command not found|unknown command).*docker/iu,
        message: (host) => `There is no docker command on ${host}`,
        remedy: () =>
            'Install the Docker command line there, and put it on the PATH of ssh logins.',
    },
    {
        matches: /permission denied while trying to connect/iu,
        message: (host) => `Your user on ${host} may not use Docker`,
        remedy: (host) => `Add your user on ${host} to the group that owns Docker’s socket.`,
    },
    {
        matches: /cannot connect to the docker daemon|dial unix|error during connect/iu,
        message: (host) => `Docker does not run on ${host}`,
        remedy: (host) => `Start Docker on ${host}.`,
    },
    {
        matches: /could not resolve hostname/iu,
        message: (host) => `Docker cannot be reached: no host is called ${host}`,
        remedy: () => 'Correct the address.',
    },
    {
        matches:
            /connection refused|timed out|no route to host|network is unreachable|connection closed|connection reset/iu,
        message: (host) => `Docker cannot be reached: ${host} does not answer to ssh`,
        remedy: (host) => `Check that \`ssh ${host}\` works.`,
    },
];

/** Why a connection through ssh ended, with what ssh said last. */
export function sshProblem(host: string, { code, said, cause }: Ending): LivepushError {
    if (cause !== undefined) {
        return new LivepushError('connection-invalid', 'The ssh command cannot be started', {
            remedy: 'Install the OpenSSH client, and put `ssh` on the PATH.',
            cause,
        });
    }
    const rule = RULES.find(({ matches }) => matches.test(said));
    const last = said.trim().split(/\r?\n/u).at(-1)?.trim() ?? '';
    const detail = last === '' ? '' : `: ${last}`;
    // Whatever ended a connection that worked, the next one may work again.
    const message = rule?.message(host) ?? `Lost the connection to Docker on ${host}`;
    return new LivepushError('daemon-unreachable', `${message}${detail}`, {
        remedy: rule?.remedy(host) ?? `Check that \`ssh ${host} docker version\` works.`,
        cause: new Error(`ssh failed with exit code ${String(code)}${detail}`),
    });
}

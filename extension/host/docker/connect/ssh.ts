import type { Duplex } from 'node:stream';
import type { Address } from './address.js';
import { sshProblem } from './sshProblems.js';
import { ProcessStream } from './sshStream.js';

type SshAddress = Extract<Address, { kind: 'ssh' }>;

/** Opens connections, and closes those that it holds ready. */
export interface Opener {
    open(): Duplex;
    close(): void;
}

/** Connections that wait for use: an ssh login takes as long as many requests. */
const SPARES = 2;

/** Connections to the engine of another machine, through the system’s ssh and the docker there. */
export class SshOpener implements Opener {
    readonly #address: SshAddress;
    readonly #spares = new Set<ProcessStream>();

    public constructor(address: SshAddress) {
        this.#address = address;
    }

    public open(): Duplex {
        const [spare] = this.#spares;
        const stream = spare ?? this.#connect();
        this.#spares.delete(stream);
        stream.ref();
        // One that answers shows that others will: where it fails, no more are tried.
        stream.once('data', () => this.#prepare());
        return stream;
    }

    public close(): void {
        for (const spare of this.#spares) spare.destroy();
        this.#spares.clear();
    }

    #prepare(): void {
        while (this.#spares.size < SPARES) {
            const spare = this.#connect().unref();
            this.#spares.add(spare);
            spare.once('close', () => this.#spares.delete(spare));
            spare.on('error', () => undefined);
        }
    }

    #connect(): ProcessStream {
        const { host, user } = this.#address;
        const shown = user === null ? host : `${user}@${host}`;
        return new ProcessStream('ssh', sshArguments(this.#address), (ending) =>
            sshProblem(shown, ending),
        );
    }
}

/** As the docker command line calls it; without a terminal, nothing can be asked. */
export function sshArguments({ host, user, port, socket }: SshAddress): readonly string[] {
    const patience = ['ConnectTimeout=30', 'ServerAliveInterval=15', 'BatchMode=yes'];
    return [
        '-T',
        ...patience.flatMap((option) => ['-o', option]),
        ...(user === null ? [] : ['-l', user]),
        ...(port === null ? [] : ['-p', String(port)]),
        '--',
        host,
        'docker',
        ...(socket === null ? [] : ['--host', quoted(`unix://${socket}`)]),
        'system',
        'dial-stdio',
    ];
}

/** As one word of the shell of the other machine, which reads what ssh is given. */
function quoted(text: string): string {
    return /^[\w./:@-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

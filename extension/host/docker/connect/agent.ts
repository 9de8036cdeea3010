import { Agent } from 'node:http';
import { connect as connectSocket, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';
import type { EngineChoice } from './choose.js';
import { type Opener, SshOpener } from './ssh.js';

/** How long connections stay open that nothing needs, in milliseconds. */
const MAX_REST = 300_000;

/**
 * Connections that stay open, of whatever kind: a copy costs about as much as a connection, so
 * every call would be twice as slow without. Docker's client writes all options of every request
 * out for a log that nobody reads; with the agent's sockets in them, that took longer than the
 * request.
 */
class EngineAgent extends Agent {
    readonly #opener: Opener;
    #rest: NodeJS.Timeout | undefined;

    public constructor(opener: Opener) {
        super({ keepAlive: true });
        this.#opener = opener;
        this.on('free', () => {
            clearTimeout(this.#rest);
            this.#rest = setTimeout(() => {
                if (Object.keys(this.sockets).length === 0) this.destroy();
            }, MAX_REST).unref();
        });
    }

    public override createConnection(): Duplex {
        return this.#opener.open();
    }

    /** Closes what no request needs; the next one opens a connection again. */
    public override destroy(): void {
        clearTimeout(this.#rest);
        super.destroy();
        this.#opener.close();
    }

    public [inspect.custom](): string {
        return 'EngineAgent';
    }
}

/** An agent whose every connection leads to the chosen engine, whatever a request names. */
export function openAgent(choice: EngineChoice): Agent {
    return new EngineAgent(openerFor(choice));
}

/** Notices a link that died without a word, as after sleep, in a minute or two. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 15_000, noDelay: true };

function openerFor({ address, certificates }: EngineChoice): Opener {
    const plainly = (open: () => Duplex): Opener => ({ open, close: () => undefined });
    switch (address.kind) {
        case 'socket':
            return plainly(() => connectSocket({ path: address.path }));
        case 'tcp': {
            const to = { host: address.host, port: address.port ?? 0, ...KEEP_ALIVE };
            if (certificates === null) return plainly(() => connectSocket(to));
            const { verify, ca, cert, key } = certificates;
            const name = isIP(address.host) === 0 ? { servername: address.host } : {};
            const shown = { ca, cert, key, rejectUnauthorized: verify };
            const options = { ...to, ...name, ...shown, ALPNProtocols: ['http/1.1'] };
            return plainly(() => connectTls(options));
        }
        case 'ssh':
            return new SshOpener(address);
    }
}

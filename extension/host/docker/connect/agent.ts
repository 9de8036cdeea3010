import { Agent } from 'node:http';
import { connect as connectSocket, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';
import type { Address } from './address.js';
import type { EngineChoice } from './choose.js';

/**
 * Connections that stay open, of whatever kind: a copy costs about as much as a connection, so
 * every call would be twice as slow without. Docker's client writes all options of every request
 * out for a log that nobody reads; with the agent's sockets in them, that took longer than the
 * request.
 */
class EngineAgent extends Agent {
    readonly #open: () => Duplex;

    public constructor(open: () => Duplex) {
        super({ keepAlive: true });
        this.#open = open;
    }

    public override createConnection(): Duplex {
        return this.#open();
    }

    public [inspect.custom](): string {
        return 'EngineAgent';
    }
}

/** An agent whose every connection leads to the chosen engine, whatever a request names. */
export function openAgent(choice: EngineChoice): Agent {
    return new EngineAgent(opener(choice));
}

/** Notices a link that died without a word, as after sleep, in a minute or two. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 15_000, noDelay: true };

function opener({ address, certificates }: EngineChoice): () => Duplex {
    switch (address.kind) {
        case 'socket':
            return () => connectSocket({ path: address.path });
        case 'tcp': {
            const to = { host: address.host, port: address.port ?? 0, ...KEEP_ALIVE };
            if (certificates === null) return () => connectSocket(to);
            const { verify, ca, cert, key } = certificates;
            const name = isIP(address.host) === 0 ? { servername: address.host } : {};
            const shown = { ca, cert, key, rejectUnauthorized: verify };
            return () => connectTls({ ...to, ...name, ...shown, ALPNProtocols: ['http/1.1'] });
        }
        case 'ssh':
            return unsupported(address);
    }
}

function unsupported(_address: Address): () => Duplex {
    throw new Error('ssh:// is not supported yet');
}

import type { Agent, OutgoingHttpHeaders } from 'node:http';
import Modem from 'docker-modem';
import { type Address, formatAddress } from './address.js';
import type { EngineChoice } from './choose.js';
import { connectionProblem } from './problems.js';

interface Request {
    headers: OutgoingHttpHeaders;
}

type Answer = (error: unknown, answer: unknown) => void;
type BuildRequest = (options: Request, call: object, data: unknown, done: Answer) => void;

/** The parts of docker-modem that decide how a request is sent, which its types do not show. */
interface ModemFields {
    agent: Agent;
    headers: OutgoingHttpHeaders;
    protocol: 'http';
    socketPath: string;
    buildRequest: BuildRequest;
}

/**
 * The HTTP client below dockerode, sending through an agent. Its constructor is passed over, since
 * that reads DOCKER_HOST, DOCKER_CERT_PATH and others by rules of its own, whatever it is given.
 */
export function engineModem(choice: EngineChoice, agent: Agent): Modem {
    const { address, source, certificates } = choice;
    const folder = certificates?.folder ?? '';
    const place = {
        address: formatAddress(address),
        source,
        certificates: folder === '' ? null : folder,
    };
    const modem = Object.create(Modem.prototype) as object & Pick<ModemFields, 'buildRequest'>;
    const host = hostHeader(address);
    const send = modem.buildRequest.bind(modem);
    const fields: ModemFields = {
        agent,
        headers: {},
        // What encrypts the connection is the agent's business.
        protocol: 'http',
        // The agent decides where it leads. Named as a socket, a request is left alone by whoever
        // replaces the agents of requests to hosts, as VS Code does for its proxy settings.
        socketPath: place.address,
        buildRequest(options, call, data, done) {
            options.headers['Host'] = host;
            send(options, call, data, (error, answer) => {
                done(connectionProblem(error, place) ?? error, answer);
            });
        },
    };
    return Object.assign(modem, fields) as unknown as Modem;
}

/** A proxy before an engine may tell several apart by this. */
function hostHeader(address: Address): string {
    if (address.kind !== 'tcp') return 'localhost';
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    return `${host}:${String(address.port)}`;
}

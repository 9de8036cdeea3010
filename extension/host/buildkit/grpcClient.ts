import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { dial } from '../docker/client.js';
import { grpcFrame, readGrpc } from './grpc.js';
import { fieldsOf } from './protobuf.js';

/** A detail of an error: its type's name, and its message in that type. */
export interface ErrorDetail {
    readonly type: string;
    readonly value: Buffer;
}

/** What a call failed with. */
export class GrpcError extends Error {
    public readonly code: number;
    public readonly details: readonly ErrorDetail[];

    public constructor(code: number, message: string, details: readonly ErrorDetail[]) {
        super(message);
        this.name = 'GrpcError';
        this.code = code;
        this.details = details;
    }
}

/** An error's details hold the whole Dockerfile, and come in one header. */
const MAX_HEADERS = 8 * 1024 * 1024;
const UNKNOWN = 2;

/** A connection to the gRPC services that the daemon serves: BuildKit's and containerd's content. */
export class GrpcClient {
    readonly #session: ClientHttp2Session;
    readonly #socket: Duplex;

    private constructor(session: ClientHttp2Session, socket: Duplex) {
        this.#session = session;
        this.#socket = socket;
        // Each call fails by itself.
        session.on('error', () => undefined);
        socket.on('error', () => undefined);
    }

    public static async open(docker: Docker): Promise<GrpcClient> {
        const socket = (await dial(docker, {
            path: '/grpc',
            method: 'POST',
            hijack: true,
            headers: { Upgrade: 'h2c' },
            statusCodes: { 200: true, 101: true },
        })) as Duplex;
        const session = connect('http://docker', {
            createConnection: () => socket,
            settings: { maxHeaderListSize: MAX_HEADERS },
            maxSendHeaderBlockLength: MAX_HEADERS,
        });
        return new GrpcClient(session, socket);
    }

    /** Calls a method with one message, and gives the messages of its answer. */
    public async *stream(method: string, message: Buffer): AsyncGenerator<Buffer> {
        const request = this.#session.request({
            [constants.HTTP2_HEADER_METHOD]: 'POST',
            [constants.HTTP2_HEADER_PATH]: method,
            'content-type': 'application/grpc',
            te: 'trailers',
        });
        const errorOf = statusOf(request);
        request.end(grpcFrame(message));
        try {
            yield* readGrpc(request);
        } catch (error) {
            throw errorOf() ?? error;
        } finally {
            request.close();
        }
        const error = errorOf();
        if (error !== null) throw error;
    }

    /** Calls a method whose answer is one message. */
    public async call(method: string, message: Buffer): Promise<Buffer> {
        let answer: Buffer = Buffer.alloc(0);
        for await (const part of this.stream(method, message)) answer = Buffer.from(part);
        return answer;
    }

    public close(): void {
        this.#session.destroy();
        this.#socket.destroy();
    }
}

/** What a call ended with: in its trailers, or in its headers where it has nothing else to say. */
function statusOf(request: ClientHttp2Stream): () => GrpcError | null {
    let status: GrpcError | null = new GrpcError(UNKNOWN, 'The call was cut off', []);
    const take = (headers: IncomingHttpHeaders): void => {
        const {
            'grpc-status': code,
            'grpc-message': text,
            'grpc-status-details-bin': details,
        } = headers;
        if (typeof code !== 'string') return;
        const message = typeof text === 'string' ? decodeURIComponent(text) : '';
        status =
            code === '0' ? null : new GrpcError(Number(code), message, detailsOf(String(details)));
    };
    request.on('response', take);
    request.on('trailers', take);
    return () => status;
}

// Fields of google.rpc.Status, and of the details in it.
const STATUS_DETAILS = 3;
const ANY_TYPE = 1;
const ANY_VALUE = 2;

function detailsOf(encoded: string): ErrorDetail[] {
    const details: ErrorDetail[] = [];
    try {
        for (const [field, value] of fieldsOf(Buffer.from(encoded, 'base64'))) {
            if (field === STATUS_DETAILS && Buffer.isBuffer(value)) details.push(detailOf(value));
        }
    } catch {
        // The error is told without them.
    }
    return details;
}

function detailOf(bytes: Buffer): ErrorDetail {
    let type = '';
    let value: Buffer = Buffer.alloc(0);
    for (const [field, part] of fieldsOf(bytes)) {
        if (!Buffer.isBuffer(part)) continue;
        if (field === ANY_TYPE) type = part.toString();
        if (field === ANY_VALUE) value = Buffer.from(part);
    }
    return { type, value };
}

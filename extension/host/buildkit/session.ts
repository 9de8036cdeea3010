import { randomUUID } from 'node:crypto';
import { createServer, type ServerHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { sendFiles, type SentFile } from './fileSync.js';
import { grpcFrame, readGrpc } from './grpc.js';
import { ask, dial } from '../docker/client.js';
import { credentialsFor } from '../docker/credentials.js';
import { fieldsOf, message } from './protobuf.js';

/** What a build may ask for: the files of its directories, by the names that BuildKit gives them. */
export interface BuildFiles {
    readonly dockerfile: () => AsyncIterable<SentFile>;
    readonly context: () => AsyncIterable<SentFile>;
}

export interface BuildSession {
    readonly id: string;
    close(): void;
}

const DIFF_COPY = '/moby.filesync.v1.FileSync/DiffCopy';
const HEALTH = '/grpc.health.v1.Health/Check';
/** Asked for the credentials of a registry, by its host. */
const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const SERVING = 1;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/**
 * Opens the session over which BuildKit fetches what it lacks, as `docker build` does: it knows
 * from the last build what it has, and the Dockerfile stays apart from the context.
 */
export async function openBuildSession(
    docker: Docker,
    name: string,
    files: BuildFiles,
): Promise<BuildSession> {
    const id = randomUUID();
    const socket = await openSocket(docker, id, name);
    const server = createServer();
    server.on('stream', (stream, headers) => {
        stream.on('error', () => undefined);
        answer(stream, headers, files).catch((error: unknown) => {
            finish(stream, NOT_FOUND, error instanceof Error ? error.message : String(error));
        });
    });
    server.on('sessionError', () => undefined);
    socket.on('error', () => undefined);
    server.emit('connection', socket);
    return { id, close: () => socket.destroy() };
}

function openSocket(docker: Docker, id: string, name: string): Promise<Duplex> {
    const call = {
        path: '/session',
        method: 'POST' as const,
        hijack: true,
        headers: {
            Upgrade: 'h2c',
            'X-Docker-Expose-Session-Uuid': id,
            'X-Docker-Expose-Session-Name': 'livepush',
            // The daemon keeps what it fetched under this, for the next build.
            'X-Docker-Expose-Session-Sharedkey': name,
            'X-Docker-Expose-Session-Grpc-Method': [DIFF_COPY, HEALTH, CREDENTIALS],
        },
        statusCodes: { 200: true, 101: true },
    };
    return ask('Opening a build session', () => dial(docker, call) as Promise<Duplex>);
}

async function answer(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    files: BuildFiles,
): Promise<void> {
    const method = headers[':path'];
    stream.respond(
        { ':status': 200, 'content-type': 'application/grpc' },
        { waitForTrailers: true },
    );
    if (method === HEALTH) {
        stream.write(grpcFrame(message([[1, SERVING]])));
        finish(stream, 0);
    } else if (method === DIFF_COPY) {
        const wanted = String(headers['followpaths'] ?? '');
        await sendFiles(
            stream,
            readGrpc(stream),
            filesOf(String(headers['dir-name']), wanted, files),
        );
        finish(stream, 0);
    } else if (method === CREDENTIALS) {
        for await (const request of readGrpc(stream)) {
            stream.write(grpcFrame(await credentialsMessage(request)));
            break;
        }
        finish(stream, 0);
    } else {
        finish(stream, UNIMPLEMENTED, `${String(method)} is not offered`);
    }
}

async function credentialsMessage(request: Buffer): Promise<Buffer> {
    const [, host] = [...fieldsOf(request)].find(([field]) => field === 1) ?? [];
    const found = await credentialsFor(String(host ?? ''));
    return message([
        [1, found?.user ?? ''],
        [2, found?.secret ?? ''],
    ]);
}

async function* nothing(): AsyncIterable<SentFile> {
    // An empty directory.
}

/** The context comes filtered, so that BuildKit need not know the ignore file, nor look for one. */
function filesOf(directory: string, wanted: string, files: BuildFiles): AsyncIterable<SentFile> {
    if (directory === 'dockerfile') return files.dockerfile();
    if (directory !== 'context') throw new Error(`No directory ${directory}`);
    return wanted === '.dockerignore' ? nothing() : files.context();
}

function finish(stream: ServerHttp2Stream, status: number, text = ''): void {
    if (stream.destroyed || stream.closed) return;
    stream.once('wantTrailers', () => {
        stream.sendTrailers({
            'grpc-status': String(status),
            'grpc-message': encodeURIComponent(text),
        });
    });
    if (!stream.headersSent) stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.end();
}

import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { GrpcClient, GrpcError } from './grpcClient.js';
import { type BuildNews, readBuildNews } from './progress.js';
import { fieldsOf, message } from './protobuf.js';

const SOLVE = '/moby.buildkit.v1.Control/Solve';
const STATUS = '/moby.buildkit.v1.Control/Status';

// Fields of SolveRequest.
const REF = 1;
const EXPORTER = 3;
const EXPORTER_OPTIONS = 4;
const SESSION = 5;
const FRONTEND = 6;
const FRONTEND_OPTIONS = 7;
const ENTITLEMENTS = 9;
// Fields of SolveResponse.
const RESULTS = 1;
// Fields of an entry of a map.
const KEY = 1;
const VALUE = 2;

/** The name under which the engine's exporter tells the image's id. */
const IMAGE_ID = 'containerimage.digest';

export interface SolveRequest {
    /** The session that serves files and credentials. */
    readonly session: string;
    /** What the Dockerfile frontend is told, such as `target` or `build-arg:NAME`. */
    readonly options: Readonly<Record<string, string>>;
    readonly exporterOptions: Readonly<Record<string, string>>;
    /** What the build may do beyond a sandbox, such as `network.host`. */
    readonly entitlements?: readonly string[];
    readonly signal?: AbortSignal | undefined;
}

/** The place in a Dockerfile that an error is about: its first and last line. */
export type SourceLines = readonly [first: number, last: number];

/** A build's own failure, with what BuildKit says about where it is. */
export class SolveError extends Error {
    public readonly lines: SourceLines | null;
    /** The digest of the step that failed. */
    public readonly vertex: string | null;

    public constructor(error: GrpcError) {
        super(error.message, { cause: error });
        this.name = 'SolveError';
        this.lines = linesOf(error);
        this.vertex = vertexOf(error);
    }
}

/** Builds, tells what happens, and gives the image's id. */
export async function solve(
    docker: Docker,
    request: SolveRequest,
    onNews: (news: BuildNews) => void,
): Promise<string | null> {
    const client = await GrpcClient.open(docker);
    const abort = (): void => client.close();
    request.signal?.addEventListener('abort', abort, { once: true });
    try {
        const ref = randomUUID();
        const following = follow(client, ref, onNews).catch(() => undefined);
        const answer = await client
            .call(SOLVE, encode(ref, request))
            .catch((error: unknown) => {
                throw error instanceof GrpcError ? new SolveError(error) : error;
            })
            .finally(() => following);
        return imageOf(answer);
    } finally {
        request.signal?.removeEventListener('abort', abort);
        client.close();
    }
}

async function follow(
    client: GrpcClient,
    ref: string,
    onNews: (news: BuildNews) => void,
): Promise<void> {
    for await (const status of client.stream(STATUS, message([[REF, ref]]))) {
        onNews(readBuildNews(status));
    }
}

function encode(ref: string, request: SolveRequest): Buffer {
    const { session, options, exporterOptions, entitlements = [] } = request;
    return message([
        [REF, ref],
        [EXPORTER, 'moby'],
        ...entries(EXPORTER_OPTIONS, exporterOptions),
        [SESSION, session],
        [FRONTEND, 'dockerfile.v0'],
        ...entries(FRONTEND_OPTIONS, options),
        ...entitlements.map((name) => [ENTITLEMENTS, name] as const),
    ]);
}

function entries(
    field: number,
    map: Readonly<Record<string, string>>,
): (readonly [number, Buffer])[] {
    return Object.entries(map).map(([key, value]) => [
        field,
        message([
            [KEY, key],
            [VALUE, value],
        ]),
    ]);
}

function imageOf(answer: Buffer): string | null {
    for (const [field, value] of fieldsOf(answer)) {
        if (field !== RESULTS || !Buffer.isBuffer(value)) continue;
        const pair = new Map([...fieldsOf(value)].map(([name, text]) => [name, String(text)]));
        if (pair.get(KEY) === IMAGE_ID) return pair.get(VALUE) ?? null;
    }
    return null;
}

interface Position {
    readonly line?: number;
}

/** As much of BuildKit's error details as is read, which are JSON. */
interface Detail {
    readonly digest?: string;
    readonly ranges?: readonly { readonly start?: Position; readonly end?: Position }[];
}

function linesOf(error: GrpcError): SourceLines | null {
    const { ranges = [] } = detailOf(error, 'errdefs.Source');
    const lines = ranges
        .flatMap(({ start, end }) => [start?.line, end?.line])
        .filter((line) => line !== undefined);
    return lines.length === 0 ? null : [Math.min(...lines), Math.max(...lines)];
}

function vertexOf(error: GrpcError): string | null {
    return detailOf(error, 'errdefs.Vertex').digest ?? null;
}

function detailOf({ details }: GrpcError, name: string): Detail {
    const detail = details.find(({ type }) => type.endsWith(`${name}+json`));
    return detail === undefined ? {} : (JSON.parse(detail.value.toString()) as Detail);
}

import type { Readable } from 'node:stream';

const HEADER = 5;

/** A gRPC message as it stands in a stream: not compressed, its length in front. */
export function grpcFrame(message: Buffer): Buffer {
    const header = Buffer.alloc(HEADER);
    header.writeUInt32BE(message.length, 1);
    return Buffer.concat([header, message]);
}

/** The gRPC messages of a stream, which come in pieces of any size. */
export async function* readGrpc(stream: Readable): AsyncGenerator<Buffer> {
    let buffer = Buffer.alloc(0);
    // Whoever stops reading still wants to answer.
    const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    for await (const chunk of chunks) {
        buffer = Buffer.concat([buffer, chunk]);
        while (buffer.length >= HEADER) {
            const end = HEADER + buffer.readUInt32BE(1);
            if (buffer.length < end) break;
            yield buffer.subarray(HEADER, end);
            buffer = buffer.subarray(end);
        }
    }
}

export type Stream = 'stdout' | 'stderr';

const HEADER = 8;

/**
 * Splits what a container without a terminal prints: frames of a stream number, a length and
 * data, which may come in pieces of any size. Data is passed on as it comes, not frame by frame.
 */
export async function demultiplex(
    source: AsyncIterable<Buffer>,
    onData: (stream: Stream, data: Uint8Array) => void,
): Promise<void> {
    let header = Buffer.alloc(0);
    let left = 0;
    let stream: Stream = 'stdout';
    for await (const chunk of source) {
        let rest = chunk;
        while (rest.length > 0) {
            if (left > 0) {
                const part = rest.subarray(0, left);
                onData(stream, part);
                left -= part.length;
                rest = rest.subarray(part.length);
                continue;
            }
            const missing = HEADER - header.length;
            header = Buffer.concat([header, rest.subarray(0, missing)]);
            rest = rest.subarray(missing);
            if (header.length < HEADER) break;
            stream = header[0] === 2 ? 'stderr' : 'stdout';
            left = header.readUInt32BE(4);
            header = Buffer.alloc(0);
        }
    }
}

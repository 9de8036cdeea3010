import { Readable, type Writable } from 'node:stream';
import { gather } from '../common/coalesceChunks.js';

/**
 * The body of a request. A piece is asked for when the one before it has left for the daemon, so
 * that its memory can be used again: the collector would take as long as sending.
 */
export class Upload extends Readable {
    readonly #pieces: AsyncIterable<Uint8Array>;

    public constructor(pieces: AsyncIterable<Uint8Array>) {
        super();
        this.#pieces = pieces;
    }

    /** A request is all that it can be written to. */
    public override pipe<T extends NodeJS.WritableStream>(request: T): T {
        void this.#send(request as unknown as Writable);
        return request;
    }

    async #send(request: Writable): Promise<void> {
        try {
            for await (const piece of gather(this.#pieces)) {
                if (this.destroyed) return;
                await written(request, piece);
            }
            if (!this.destroyed) request.end();
        } catch (error) {
            this.destroy(error instanceof Error ? error : new Error(String(error)));
        }
    }
}

/** One that failed, or was given up, says so itself. */
async function written(request: Writable, piece: Uint8Array): Promise<void> {
    if (request.destroyed) return;
    await new Promise<void>((resolve) => {
        const done = (): void => {
            request.off('close', done);
            resolve();
        };
        request.once('close', done);
        request.write(piece, done);
    });
}

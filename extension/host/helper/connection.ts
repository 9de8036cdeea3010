import type { Duplex } from 'node:stream';
import { demultiplex } from '../docker/demux.js';
import { HelperGone } from './errors.js';
import { encodeFrame, type Frame, FrameReader, MalformedFrame } from './frames.js';

/** Enough for one sentence of the runtime that says why the helper did not start. */
const MAX_COMPLAINT = 2000;

/**
 * Frames of requests that are over, for each request that was made: a few are on their way when one
 * is cancelled, and more are a sign that the other side is not our helper.
 */
const MAX_STRAY = 4096;

/** What belongs to one request. */
export interface Listener {
    frame(frame: Frame): void;
    /** The stream ended: nothing more will come. */
    gone(error: Error): void;
}

/** Frames over the stream of an exec, which Docker divides into standard output and error. */
export class Connection {
    readonly #stream: Duplex;
    readonly #frames = new FrameReader();
    readonly #listeners = new Map<number, Listener>();
    #nextId = 1;
    #stray = 0;
    #complaint = '';
    #error: Error | null = null;
    /** Resolves once the stream has ended, with why. */
    public readonly ended: Promise<Error>;

    public constructor(stream: Duplex) {
        this.#stream = stream;
        this.ended = this.#receive();
    }

    public get hasEnded(): boolean {
        return this.#error !== null;
    }

    /** Sends a new request; all its frames go to the listener until that takes itself away. */
    public request(kind: number, payload: Buffer, listener: Listener): number {
        const id = this.#nextId;
        this.#nextId = (this.#nextId % 0x7fffffff) + 1;
        const error = this.#error;
        this.#stray = 0;
        if (error === null) {
            this.#listeners.set(id, listener);
            this.send(kind, id, payload);
        } else {
            // Never before the caller knows the id.
            queueMicrotask(() => listener.gone(error));
        }
        return id;
    }

    /** Sends a frame that belongs to a request that was made. */
    public send(kind: number, id: number, payload: Uint8Array): void {
        if (this.#error === null) this.#stream.write(encodeFrame(kind, id, payload));
    }

    /** Sends a frame as soon as there is room for it on the way. */
    public async sendInTurn(kind: number, id: number, payload: Uint8Array): Promise<void> {
        this.send(kind, id, payload);
        if (this.#error === null && this.#stream.writableNeedDrain) {
            const drained = new Promise<void>((resolve) => this.#stream.once('drain', resolve));
            await Promise.race([drained, this.ended]);
        }
    }

    public forget(id: number): void {
        this.#listeners.delete(id);
    }

    /** Closes the helper's standard input, which ends it and all that it runs. */
    public close(): void {
        this.#stream.end();
        this.#stream.destroy();
    }

    #take(frame: Frame): void {
        const listener = this.#listeners.get(frame.id);
        if (listener !== undefined) {
            listener.frame(frame);
            return;
        }
        this.#stray += 1;
        if (this.#stray > MAX_STRAY) throw new MalformedFrame('frames that nothing waits for');
    }

    /** Takes frames until the stream ends; why it did. */
    async #receive(): Promise<Error> {
        let error: Error | null = null;
        try {
            await demultiplex(this.#stream, (source, data) => {
                if (source === 'stdout') {
                    this.#frames.push(
                        Buffer.from(data.buffer, data.byteOffset, data.length),
                        (frame) => {
                            this.#take(frame);
                        },
                    );
                } else {
                    const text = this.#complaint + Buffer.from(data).toString();
                    this.#complaint = text.slice(0, MAX_COMPLAINT);
                }
            });
        } catch (thrown) {
            if (thrown instanceof MalformedFrame) error = new HelperGone(thrown.message);
        }
        error ??= new HelperGone(this.#complaint.trim() || 'its stream was closed');
        this.#error = error;
        for (const listener of [...this.#listeners.values()]) listener.gone(error);
        this.#listeners.clear();
        return error;
    }
}

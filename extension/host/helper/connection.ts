import type { Duplex } from 'node:stream';
import { HelperGone } from './errors.js';
import { encodeFrame, type Frame, FrameReader } from './wire.js';

const DOCKER_HEADER = 8;
const STDOUT = 1;
/** Enough for one sentence of the runtime that says why the helper did not start. */
const MAX_COMPLAINT = 2000;

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
    #header = Buffer.alloc(0);
    #left = 0;
    #isOutput = false;
    #complaint = '';
    #error: Error | null = null;
    /** Resolves once the stream has ended, with why. */
    public readonly ended: Promise<Error>;

    public constructor(stream: Duplex) {
        this.#stream = stream;
        this.ended = new Promise((resolve) => {
            const end = (why: string): void => {
                if (this.#error === null) this.#end(new HelperGone(why));
                resolve(this.#error ?? new HelperGone(why));
            };
            stream.once('close', () => end(this.#complaint.trim() || 'its stream was closed'));
            stream.once('end', () => end(this.#complaint.trim() || 'its stream ended'));
            stream.once('error', (error) => end(error.message));
        });
        stream.on('data', (data: Buffer) => {
            try {
                this.#receive(data);
            } catch (error) {
                this.#end(error instanceof Error ? error : new Error(String(error)));
                stream.destroy();
            }
        });
    }

    /** Sends a new request; all its frames go to the listener until that takes itself away. */
    public request(kind: number, payload: Buffer, listener: Listener): number {
        const id = this.#nextId;
        this.#nextId = (this.#nextId % 0x7fffffff) + 1;
        const error = this.#error;
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
    public send(kind: number, id: number, payload: Buffer): void {
        if (this.#error === null) this.#stream.write(encodeFrame(kind, id, payload));
    }

    public forget(id: number): void {
        this.#listeners.delete(id);
    }

    /** Closes the helper's standard input, which ends it and all that it runs. */
    public close(): void {
        this.#stream.end();
        this.#stream.destroy();
    }

    #receive(data: Buffer): void {
        let rest = data;
        while (rest.length > 0) {
            if (this.#left === 0) {
                const missing = DOCKER_HEADER - this.#header.length;
                this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
                rest = rest.subarray(missing);
                if (this.#header.length < DOCKER_HEADER) return;
                this.#isOutput = this.#header[0] === STDOUT;
                this.#left = this.#header.readUInt32BE(4);
                this.#header = Buffer.alloc(0);
                continue;
            }
            const part = rest.subarray(0, this.#left);
            rest = rest.subarray(part.length);
            this.#left -= part.length;
            if (this.#isOutput) {
                this.#frames.push(part, (frame) => this.#listeners.get(frame.id)?.frame(frame));
            } else {
                this.#complaint = (this.#complaint + part.toString()).slice(0, MAX_COMPLAINT);
            }
        }
    }

    #end(error: Error): void {
        this.#error = error;
        for (const listener of [...this.#listeners.values()]) listener.gone(error);
        this.#listeners.clear();
    }
}

import { Readable } from 'node:stream';
import type { Connection } from './connection.js';
import { HelperError } from './errors.js';
import * as protocol from './protocol.js';
import { Answer, Ask } from './protocol.js';
import { type Frame, MalformedFrame } from './frames.js';

const NOTHING = Buffer.alloc(0);
/** A few of the helper's chunks, so that it reads on while one is being sent. */
const BUFFERED = 256 * 1024;

/** Chunks that the helper sends before it is asked for more. */
const FIRST_CREDIT = 16;

/** An archive that comes from a container while it is read. */
export class TarStream extends Readable {
    readonly #connection: Connection;
    readonly #id: number;
    #unpaid = 0;
    /** Chunks that the helper may still send. */
    #credit = FIRST_CREDIT;
    #ended = false;
    /** Paths that are not in the archive or not whole; known once the stream has ended. */
    public readonly problems: protocol.PathProblem[] = [];

    public constructor(connection: Connection, selection: protocol.Selection) {
        super({ highWaterMark: BUFFERED });
        this.#connection = connection;
        this.#id = connection.request(Ask.tar, protocol.select(selection, false), {
            frame: (frame) => this.#receive(frame),
            gone: (error) => this.destroy(error),
        });
    }

    #receive(frame: Frame): void {
        switch (frame.kind) {
            case Answer.data:
                this.#unpaid += 1;
                this.#credit -= 1;
                if (this.#credit < 0) throw new MalformedFrame('more than was asked for');
                this.push(frame.payload);
                break;
            case Answer.done:
                this.#end();
                this.problems.push(...protocol.readDone(frame.payload).problems);
                this.push(null);
                break;
            case Answer.error:
                this.#end();
                this.destroy(new HelperError(protocol.readError(frame.payload)));
                break;
        }
    }

    /** What was received has been taken: so much more may come. */
    public override _read(): void {
        if (this.#unpaid === 0 || this.#ended) return;
        this.#connection.send(Ask.credit, this.#id, protocol.credit(this.#unpaid));
        this.#credit += this.#unpaid;
        this.#unpaid = 0;
    }

    public override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
        if (!this.#ended) {
            this.#end();
            this.#connection.send(Ask.cancel, this.#id, NOTHING);
        }
        callback(error);
    }

    #end(): void {
        this.#ended = true;
        this.#connection.forget(this.#id);
    }
}

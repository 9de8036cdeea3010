/** The events of a session, which keeps for its first listener what happened before there was one. */
import { EventEmitter } from 'node:events';
import type { LivepushErrorShape, SessionEvents } from '../api.js';

export class SessionEmitter extends EventEmitter<SessionEvents> {
    readonly #earlyLog = new EarlyLog();
    /** The last of each kind. */
    readonly #earlyProblems = new Map<string, LivepushErrorShape>();

    protected constructor() {
        super();
        EventEmitter.prototype.on.call(this, 'newListener', (event) => {
            if (event === 'log') setImmediate(() => this.#printEarly());
            if (event === 'problem') setImmediate(() => this.#tellEarly());
        });
    }

    /** Marks in the log what becomes of the application, on a line of its own. */
    protected mark(text: string): void {
        const time = new Date().toLocaleTimeString();
        this.print('marker', Buffer.from(`\n── ${text}, ${time} ──\n`));
    }

    protected print(stream: 'stdout' | 'stderr' | 'marker', data: Uint8Array): void {
        if (this.listenerCount('log') > 0) this.emit('log', stream, data);
        else this.#earlyLog.keep(stream, data);
    }

    protected tell(error: LivepushErrorShape): void {
        if (this.listenerCount('problem') > 0) this.emit('problem', error);
        else this.#earlyProblems.set(error.code, error);
    }

    #printEarly(): void {
        for (const [stream, data] of this.#earlyLog.take()) this.emit('log', stream, data);
    }

    #tellEarly(): void {
        for (const [code, error] of this.#earlyProblems) {
            this.#earlyProblems.delete(code);
            this.emit('problem', error);
        }
    }
}

type Printed = SessionEvents['log'];

/** Bytes that are kept; where nobody ever listens, an application may print for ever. */
const LIMIT = 1024 * 1024;

/** What an application printed before anybody could listen; the latest of it is for the first who does. */
export class EarlyLog {
    #printed: Printed[] = [];
    #size = 0;

    public keep(...printed: Printed): void {
        this.#printed.push(printed);
        this.#size += printed[1].length;
        while (this.#size > LIMIT) this.#size -= this.#printed.shift()?.[1].length ?? this.#size;
    }

    /** All that was kept, once. */
    public take(): readonly Printed[] {
        this.#size = 0;
        return this.#printed.splice(0);
    }
}

import type { Action, Plan, RunCommand } from '../core/planner.js';
import type { CarriedOut, Reporter } from '../push/pushContext.js';
import { commandText } from './commandText.js';
import type { Livepush, LivepushEnd } from './livepush.js';

/** Tells of one push by the events of a `Livepush`. */
export class LivepushReport implements Reporter {
    readonly #livepush: Livepush;
    readonly #onStart: () => void;
    readonly #stages = new Map<string, number>();
    #start: number | null = null;

    /** `onStart` is called once, when it is this push's turn. */
    public constructor(livepush: Livepush, onStart: () => void) {
        this.#livepush = livepush;
        this.#onStart = onStart;
    }

    public plan({ actions }: Plan): void {
        this.#begin();
        for (const { id, stage } of actions) this.#stages.set(id, stage);
    }

    public readonly action = (): undefined => undefined;

    public output(id: string, stream: 'stdout' | 'stderr', data: Uint8Array): void {
        const output = { data: Buffer.from(data), isStderr: stream === 'stderr' };
        this.#livepush.emit('commandOutput', { stageIdx: this.#stages.get(id) ?? 0, output });
    }

    public command({ stage }: Action, command: RunCommand): void {
        const event = { stageIdx: stage, command: commandText(command) };
        this.#livepush.emit('commandExecute', event);
    }

    public returned({ stage }: Action, command: RunCommand, returnCode: number): void {
        const event = { stageIdx: stage, returnCode, command: commandText(command) };
        this.#livepush.emit('commandReturn', event);
    }

    /** Sums the push up once it is over; one that never had its turn begins here. */
    public end({ failed, restarted }: CarriedOut): LivepushEnd {
        const milliseconds = performance.now() - this.#begin();
        const done = this.#stages.size === 0 ? 'nothing' : 'done';
        const failure = failed?.code === 'cancelled' ? 'cancelled' : 'failed';
        return {
            outcome: failed === null ? done : failure,
            restarted,
            error: failed,
            milliseconds,
        };
    }

    #begin(): number {
        if (this.#start !== null) return this.#start;
        this.#onStart();
        return (this.#start = performance.now());
    }
}

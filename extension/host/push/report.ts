import type { ActionState, PlanView, PushResult } from '../api.js';
import type { CarriedOut, Reporter } from './pushContext.js';
import type { Outline, Plan } from '../core/planner.js';
import { viewOf } from './planView.js';

/** Whoever follows a push while it is at work. */
export interface PushListener {
    pushStart(plan: PlanView): void;
    planChange(plan: PlanView): void;
    action(id: string, state: ActionState, milliseconds: number | null): void;
    output(id: string, stream: 'stdout' | 'stderr', data: Uint8Array): void;
}

const EMPTY: PlanView = { actions: [], inexact: [], restarts: false };

/** What a push has done when it could not even begin. */
export const NOTHING_DONE: Omit<CarriedOut, 'failed'> = {
    commandFailed: false,
    restarted: false,
    written: 0,
    removed: 0,
    unstable: new Set(),
};

/** Tells what a push does, and sums it up when it is over. */
export class PushReport implements Reporter {
    readonly #outline: Outline;
    readonly #listener: PushListener;
    readonly #start = performance.now();
    #plan: PlanView | null = null;

    public constructor(outline: Outline, listener: PushListener) {
        this.#outline = outline;
        this.#listener = listener;
    }

    public plan(plan: Plan): void {
        const view = viewOf(plan, this.#outline);
        if (this.#plan === null) {
            if (plan.actions.length === 0 && plan.inexact.length === 0) return;
            this.#listener.pushStart(view);
        } else if (plan.actions.length > 0) {
            this.#listener.planChange(view);
        }
        // The first plan says what the push was for; later ones say what is left of it.
        this.#plan = merged(this.#plan, view);
    }

    public action(id: string, state: ActionState, milliseconds: number | null): void {
        this.#listener.action(id, state, milliseconds);
    }

    public output(id: string, stream: 'stdout' | 'stderr', data: Uint8Array): void {
        this.#listener.output(id, stream, data);
    }

    /** Only the library's old interface tells of single commands. */
    public readonly command = (): undefined => undefined;
    public readonly returned = (): undefined => undefined;

    /** To be asked when the push is over. */
    public result({ failed, restarted, written, removed }: CarriedOut): PushResult {
        const plan = this.#plan ?? EMPTY;
        const done = plan.actions.length === 0 ? 'nothing' : 'done';
        const cancelled = failed?.code === 'cancelled';
        return {
            outcome: failed === null ? done : cancelled ? 'cancelled' : 'failed',
            plan,
            restarted,
            written,
            removed,
            milliseconds: performance.now() - this.#start,
            error: failed,
        };
    }
}

function merged(first: PlanView | null, next: PlanView): PlanView {
    if (first === null) return next;
    const known = new Set(first.actions.map(({ id }) => id));
    const more = next.actions.filter(({ id }) => !known.has(id));
    return { ...first, actions: [...first.actions, ...more] };
}

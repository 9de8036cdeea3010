/**
 * What a person sees of one push, build or verification. Built up from the host's events; plain
 * data, so that it is tested without an editor.
 */
import type {
    ActionState,
    ActionView,
    Inexact,
    LivepushErrorShape,
    PlanView,
    PushResult,
} from '../../host/api.js';
import type { RecordKind, RecordOutcome, RecordView, StepView } from '../../protocol/messages.js';
import { toldError } from '../errors/toldError.js';
import { OutputBuffer } from './outputBuffer.js';

const outputCapacity = 8 * 1024 * 1024;

interface Step extends StepView {
    state: ActionState;
    startedAt: number | null;
    milliseconds: number | null;
}

export class Record {
    readonly output = new OutputBuffer<string | null>(outputCapacity);
    readonly number: number;
    readonly kind: RecordKind;
    readonly reason: string;
    readonly startedAt: number;
    readonly #now: () => number;
    #steps: Step[] = [];
    #inexact: readonly Inexact[] = [];
    #outcome: RecordOutcome = 'running';
    #milliseconds: number | null = null;
    #failure: LivepushErrorShape | null = null;
    #result: PushResult | null = null;

    constructor(number: number, kind: RecordKind, reason: string, now = Date.now) {
        this.number = number;
        this.kind = kind;
        this.reason = reason;
        this.#now = now;
        this.startedAt = now();
    }

    /** Why it failed; null also where it was cancelled, which is not a failure. */
    get failure(): LivepushErrorShape | null {
        return this.#failure;
    }

    get outcome(): RecordOutcome {
        return this.#outcome;
    }

    get steps(): readonly StepView[] {
        return this.#steps;
    }

    /** How many steps are over, of how many. */
    get progress(): readonly [finished: number, total: number] {
        const finished = this.#steps.filter(
            (step) => step.state !== 'waiting' && step.state !== 'running',
        );
        return [finished.length, this.#steps.length];
    }

    /** Takes the newest plan; steps that it no longer contains keep their place. */
    plan(plan: PlanView): void {
        const known = new Map(this.#steps.map((step) => [step.id, step]));
        const planned = new Set(plan.actions.map((action) => action.id));
        const merged = plan.actions.map((action) => withAction(known.get(action.id), action));
        this.#steps.forEach((step, index) => {
            if (planned.has(step.id)) return;
            if (step.state === 'waiting') step.state = 'unchanged';
            merged.splice(Math.min(index, merged.length), 0, step);
        });
        this.#steps = merged;
        this.#inexact = plan.inexact;
    }

    step(id: string, state: ActionState, milliseconds: number | null): void {
        const step = this.#steps.find((candidate) => candidate.id === id);
        if (step === undefined) return;
        step.state = state;
        if (state === 'running') step.startedAt = this.#now();
        if (milliseconds !== null) step.milliseconds = milliseconds;
    }

    end(result: PushResult): void {
        this.plan(result.plan);
        this.#result = result;
        this.finish(result.outcome, result.error, result.milliseconds);
    }

    finish(
        outcome: RecordOutcome,
        error: LivepushErrorShape | null = null,
        milliseconds = this.#now() - this.startedAt,
    ): void {
        this.#outcome = outcome;
        this.#milliseconds = milliseconds;
        this.#failure = outcome === 'cancelled' ? null : error;
        const rest: ActionState =
            outcome === 'done' || outcome === 'nothing' ? 'unchanged' : 'pending';
        for (const step of this.#steps) {
            if (step.state === 'waiting' || step.state === 'running') step.state = rest;
        }
    }

    /** `remedies` are the titles of what can be done about its failure. */
    view(remedies: readonly string[] = []): RecordView {
        return {
            number: this.number,
            kind: this.kind,
            reason: this.reason,
            startedAt: this.startedAt,
            milliseconds: this.#milliseconds,
            outcome: this.#outcome,
            restarted: this.#result?.restarted ?? false,
            written: this.#result?.written ?? 0,
            removed: this.#result?.removed ?? 0,
            steps: this.#steps.map((step) => ({ ...step })),
            inexact: this.#inexact,
            error: this.#failure === null ? null : { ...toldError(this.#failure), remedies },
        };
    }
}

function withAction(step: Step | undefined, action: ActionView): Step {
    return {
        ...action,
        state: step?.state ?? 'waiting',
        startedAt: step?.startedAt ?? null,
        milliseconds: step?.milliseconds ?? null,
    };
}

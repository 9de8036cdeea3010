/** One session as the editor holds it: the host's session, its history and its output. */
import * as vscode from 'vscode';
import type {
    Changes,
    LivepushErrorShape,
    LiveSession,
    PushResult,
    SessionState,
} from '../../host/api.js';
import type { DisplayState, RecordKind, SessionView, StepView } from '../../protocol/messages.js';
import { log } from '../log.js';
import { stateLabel } from './stateLabel.js';
import { OutputBuffer } from './outputBuffer.js';
import { History } from './history.js';
import { markerLine, pushMarker } from './logMarkers.js';
import type { Record } from './operation.js';
import { asLivepushError } from '../errors/livepushError.js';
import { remediesFor } from '../errors/remedies.js';
import { toldError } from '../errors/toldError.js';

const logCapacity = 8 * 1024 * 1024;

/** How a session is opened: started, attached to, or taken up again. */
export type Open = (
    onBuildOutput: (text: string) => void,
    signal: AbortSignal,
) => Promise<LiveSession>;

/** Who runs the container of a session, such as a Compose project. */
export interface ContainerOwner {
    rebuild(): Promise<void>;
}

export interface Output {
    readonly record: number;
    readonly step: string | null;
    readonly data: Uint8Array;
}

let nextOwned = 1;

export class SessionEntry implements vscode.Disposable {
    /** The same after a reload, so that the user's choices are found again. */
    readonly key: string;
    readonly dockerfile: vscode.Uri;
    readonly context: vscode.Uri;
    readonly log = new OutputBuffer<null>(logCapacity);
    /** By the first line of its instruction: how long a step took when it last ran. */
    readonly durations = new Map<number, number>();
    readonly #changed = new vscode.EventEmitter<undefined>();
    readonly #recorded = new vscode.EventEmitter<Record>();
    readonly #printed = new vscode.EventEmitter<Output>();
    readonly #logged = new vscode.EventEmitter<Uint8Array>();
    readonly #metProblem = new vscode.EventEmitter<LivepushErrorShape>();
    readonly #gone = new AbortController();
    readonly onDidChange = this.#changed.event;
    readonly onDidRecord = this.#recorded.event;
    readonly onDidPrint = this.#printed.event;
    readonly onDidLog = this.#logged.event;
    readonly onDidMeetProblem = this.#metProblem.event;
    readonly #history = new History();
    /** Pushes under way: one that is cancelled may end after its successor began. */
    readonly #pushes: Record[] = [];
    #live: LiveSession | null = null;
    #state: SessionState = 'starting';
    #lastOutcome: PushResult['outcome'] | null = null;
    #paused = false;
    readonly #held = new Set<string>();
    #problem: LivepushErrorShape | null = null;

    /** What replaces its container, where that is another's to do. */
    readonly owner: ContainerOwner | null;

    constructor(dockerfile: vscode.Uri, context: vscode.Uri, owner: ContainerOwner | null = null) {
        // Services of a Compose project may share a Dockerfile.
        const suffix = owner === null ? '' : `#${String(nextOwned++)}`;
        this.key = `${dockerfile.toString()}${suffix}`;
        this.dockerfile = dockerfile;
        this.context = context;
        this.owner = owner;
    }

    /** Aborted once the session is no more one of the window. */
    get gone(): AbortSignal {
        return this.#gone.signal;
    }

    get live(): LiveSession | null {
        return this.#live;
    }

    get paused(): boolean {
        return this.#paused;
    }

    get state(): DisplayState {
        if (this.#state === 'pending') {
            return this.#lastOutcome === 'failed' ? 'pushFailed' : 'pushIncomplete';
        }
        return this.#paused && this.#state === 'live' ? 'paused' : this.#state;
    }

    get records(): readonly Record[] {
        return this.#history.records;
    }

    get lastRecord(): Record | undefined {
        return this.#history.last;
    }

    get name(): string {
        return this.#live?.containerName ?? vscode.workspace.asRelativePath(this.dockerfile);
    }

    /** The first address at which the application answers. */
    get address(): string | null {
        if (this.#state === 'gone') return null;
        const [first] = this.#live?.addresses.values() ?? [];
        return first ?? null;
    }

    view(): SessionView {
        return {
            key: this.key,
            name: this.name,
            dockerfile: vscode.workspace.asRelativePath(this.dockerfile),
            state: this.state,
            label: stateLabel(this.state, this.#held.size),
            address: this.address,
            opened: this.#live !== null,
            own: this.#live?.own !== false,
            problem:
                this.#problem === null
                    ? null
                    : { ...toldError(this.#problem), remedies: this.remediesFor(this.#problem) },
        };
    }

    /** The titles of what can be done about an error. */
    remediesFor(error: LivepushErrorShape): readonly string[] {
        return remediesFor(error, this).map(({ title }) => title);
    }

    /** What is wrong with the container, until it is well again. */
    get problem(): LivepushErrorShape | null {
        return this.#problem;
    }

    /** Whether the newest record tells of an error. */
    hasRecorded(error: LivepushErrorShape): boolean {
        return this.lastRecord?.failure === error;
    }

    /** The newest record's step for an instruction, for the Dockerfile's gutter and hovers. */
    stepAt(line: number): StepView | undefined {
        return this.lastRecord?.steps.findLast(
            (step) => step.lines !== null && step.lines[0] <= line && line <= step.lines[1],
        );
    }

    async open(open: Open, reason: string, signal: AbortSignal): Promise<void> {
        this.#setState('starting');
        await this.#underRecord('build', reason, async (print) => {
            this.#adopt(await open(print, signal));
        });
    }

    async push(changes: Changes | undefined, reason: string): Promise<PushResult | null> {
        if (this.#live === null) return null;
        const result = await this.#live.push(changes, reason);
        if (result.outcome === 'nothing') this.#recordNothing(reason, result.milliseconds);
        return result;
    }

    async rebuild(reason: string): Promise<void> {
        const live = this.#live;
        if (live === null) return;
        await this.#underRecord('build', reason, (print) => live.rebuild(print));
        this.#changed.fire(undefined);
    }

    async verify(reason: string): Promise<Awaited<ReturnType<LiveSession['verify']>>> {
        const live = this.#live;
        if (live === null) return [];
        return this.#underRecord('verify', reason, (print) => live.verify(print));
    }

    pause(): void {
        this.#paused = true;
        this.#changed.fire(undefined);
    }

    /** Files that changed in a pause, by path, as they are shown. */
    get held(): readonly string[] {
        return [...this.#held].sort();
    }

    /** Notes a change that waits for the end of the pause. */
    hold(path: string): void {
        if (this.#held.has(path)) return;
        this.#held.add(path);
        this.#changed.fire(undefined);
    }

    /** What changed meanwhile is found by looking at the whole context. */
    async resume(): Promise<PushResult | null> {
        const { held } = this;
        this.#paused = false;
        this.#held.clear();
        this.#changed.fire(undefined);
        return this.push(undefined, resumeReason(held));
    }

    clear(): void {
        this.#history.clear();
        this.log.clear();
    }

    dispose(): void {
        this.#gone.abort();
        for (const emitter of [this.#changed, this.#recorded, this.#printed, this.#logged]) {
            emitter.dispose();
        }
        this.#metProblem.dispose();
    }

    #adopt(live: LiveSession): void {
        this.#live = live;
        this.#setState(live.state);
        live.on('state', (state) => {
            this.#setState(state);
        })
            .on('pushStart', (plan, reason) => {
                const record = this.#history.begin('push', reason);
                this.#pushes.push(record);
                record.plan(plan);
                this.#recorded.fire(record);
            })
            .on('planChange', (plan) => {
                this.#withPush((record) => {
                    record.plan(plan);
                });
            })
            .on('action', (id, state, milliseconds) => {
                this.#withPush((record) => {
                    record.step(id, state, milliseconds);
                });
            })
            .on('output', (id, _stream, data) => {
                const record = this.#pushes.at(-1);
                if (record !== undefined) this.#print(record, id, data);
            })
            .on('pushEnd', (result) => {
                this.#endPush(result);
            })
            .on('log', (_stream, data) => {
                this.#log(data);
            })
            .on('problem', (error) => {
                this.#problem = error;
                this.#metProblem.fire(error);
                this.#changed.fire(undefined);
            })
            .on('notice', (text) => {
                log().warn(`${this.name}: ${text}`);
            });
    }

    #withPush(change: (record: Record) => void): void {
        const record = this.#pushes.at(-1);
        if (record === undefined) return;
        change(record);
        this.#recorded.fire(record);
    }

    #endPush(result: PushResult): void {
        this.#lastOutcome = result.outcome;
        const marker = pushMarker(result);
        if (marker !== null) this.#log(markerLine(marker));
        // A push with nothing to do ends without having begun.
        if (result.plan.actions.length + result.plan.inexact.length === 0) return;
        const record = this.#pushes.shift();
        if (record === undefined) return;
        record.end(result);
        for (const { lines, state, milliseconds } of record.steps) {
            if (lines !== null && state === 'done' && milliseconds !== null) {
                this.durations.set(lines[0], milliseconds);
            }
        }
        this.#recorded.fire(record);
        this.#changed.fire(undefined);
    }

    /** A push that finds nothing to do is no news, unless the one before left something undone. */
    #recordNothing(reason: string, milliseconds: number): void {
        const last = this.lastRecord;
        if (last?.kind !== 'push') return;
        if (last.outcome !== 'failed' && last.outcome !== 'cancelled') return;
        const record = this.#history.begin('push', reason);
        record.finish('nothing', null, milliseconds);
        this.#recorded.fire(record);
        this.#changed.fire(undefined);
    }

    /** Runs something that prints, under a record of its own. */
    async #underRecord<T>(
        kind: RecordKind,
        reason: string,
        work: (print: (text: string) => void) => Promise<T>,
    ): Promise<T> {
        const record = this.#history.begin(kind, reason);
        this.#recorded.fire(record);
        const encoder = new TextEncoder();
        try {
            const result = await work((text) => {
                this.#print(record, null, encoder.encode(text));
            });
            record.finish('done');
            return result;
        } catch (error) {
            const shape = asLivepushError(error);
            record.finish(shape?.code === 'cancelled' ? 'cancelled' : 'failed', shape);
            if (this.#live === null) this.#setState('failed');
            throw error;
        } finally {
            this.#recorded.fire(record);
        }
    }

    #log(data: Uint8Array): void {
        this.log.push(null, data);
        this.#logged.fire(data);
    }

    #print(record: Record, step: string | null, data: Uint8Array): void {
        record.output.push(step, data);
        this.#printed.fire({ record: record.number, step, data });
    }

    #setState(state: SessionState): void {
        if (this.#state === state) return;
        this.#state = state;
        if (state === 'live' || state === 'rebuilding') this.#problem = null;
        this.#changed.fire(undefined);
    }
}

function resumeReason(held: readonly string[]): string {
    const [first] = held;
    if (first === undefined) return vscode.l10n.t('resume');
    return held.length === 1
        ? vscode.l10n.t('resume, saved {0}', first)
        : vscode.l10n.t('resume, {0} files changed', held.length);
}

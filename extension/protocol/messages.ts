/**
 * The messages between the editor and the page of its panel view. The page knows one session at a
 * time: choosing another one brings a new snapshot.
 */
import type { ActionState, ActionView, Inexact, SessionState } from '../host/api.js';

export type { ActionState };

/** A session's state as it is shown: what is pending is told by how the last push ended. */
export type DisplayState =
    Exclude<SessionState, 'pending'> | 'pushFailed' | 'pushIncomplete' | 'none';

export interface SessionView {
    readonly key: string;
    readonly name: string;
    readonly dockerfile: string;
    readonly state: DisplayState;
    /** The state in words, for people. */
    readonly label: string;
    readonly address: string | null;
    /** Whether it ever came up. */
    readonly opened: boolean;
    /** Whether its container may be rebuilt; one that was attached to may not. */
    readonly own: boolean;
    /** What is wrong with its container, if anything. */
    readonly problem: ShownError | null;
}

export interface StepView extends ActionView {
    readonly state: ActionState;
    /** Milliseconds since the epoch, so that the page can show a running clock. */
    readonly startedAt: number | null;
    readonly milliseconds: number | null;
}

export type RecordKind = 'build' | 'push' | 'verify';

export type RecordOutcome = 'running' | 'nothing' | 'done' | 'failed' | 'cancelled';

/** A push, a build or a verification, as the history keeps it. */
export interface RecordView {
    readonly number: number;
    readonly kind: RecordKind;
    readonly reason: string;
    readonly startedAt: number;
    readonly milliseconds: number | null;
    readonly outcome: RecordOutcome;
    readonly restarted: boolean;
    readonly written: number;
    readonly removed: number;
    readonly steps: readonly StepView[];
    readonly inexact: readonly Inexact[];
    readonly error: ShownError | null;
}

/** What went wrong, what to do about it, and the titles of the buttons that do it. */
export interface ShownError {
    readonly message: string;
    readonly remedy: string;
    /** What was printed last, in lines. */
    readonly output: string;
    readonly line: number | null;
    readonly remedies: readonly string[];
}

/** Output of one step; `step` is null for what belongs to the record as a whole. */
export interface OutputChunk {
    readonly record: number;
    readonly step: string | null;
    readonly data: Uint8Array;
}

export interface Snapshot {
    readonly type: 'snapshot';
    readonly sessions: readonly SessionView[];
    readonly selected: string | null;
    readonly trusted: boolean;
    readonly records: readonly RecordView[];
    readonly output: readonly OutputChunk[];
    readonly log: Uint8Array;
}

export type ToPanel =
    | Snapshot
    | { readonly type: 'sessions'; readonly sessions: readonly SessionView[] }
    | { readonly type: 'record'; readonly record: RecordView }
    | { readonly type: 'output'; readonly chunks: readonly OutputChunk[] }
    | { readonly type: 'log'; readonly data: Uint8Array }
    /** With `gently`, only where no tab was chosen. */
    | { readonly type: 'show'; readonly tab: PanelTab; readonly gently: boolean }
    | { readonly type: 'find' };

/** The steps have a tab where there is no room for them beside the others. */
export const panelTabs = ['steps', 'output', 'log'] as const;
export type PanelTab = (typeof panelTabs)[number];

/** What a button of the page may ask the editor to do. */
export const panelCommands = [
    'start',
    'trust',
    'push',
    'retry',
    'cancel',
    'pause',
    'resume',
    'restart',
    'rebuild',
    'startAgain',
    'stop',
    'openAddress',
] as const;
export type PanelCommand = (typeof panelCommands)[number];

export type FromPanel =
    /** With the key of the session that the page showed before it was made anew. */
    | { readonly type: 'ready'; readonly selected: string | null }
    | { readonly type: 'select'; readonly key: string }
    | { readonly type: 'open'; readonly line: number }
    | { readonly type: 'run'; readonly command: PanelCommand }
    /** A button of the failure of a record, or of the session's problem. */
    | { readonly type: 'remedy'; readonly record: number | null; readonly at: number }
    | { readonly type: 'copy'; readonly text: string };

const longestCopy = 16 * 1024 * 1024;

/** A message of the page, or null for anything else: what a page sends is not trusted. */
export function readFromPanel(message: unknown): FromPanel | null {
    if (typeof message !== 'object' || message === null || !('type' in message)) return null;
    const fields: Readonly<Record<string, unknown>> = { ...message };
    switch (fields['type']) {
        case 'ready':
            return {
                type: 'ready',
                selected: typeof fields['selected'] === 'string' ? fields['selected'] : null,
            };
        case 'select':
            return typeof fields['key'] === 'string'
                ? { type: 'select', key: fields['key'] }
                : null;
        case 'open':
            return isLine(fields['line']) ? { type: 'open', line: fields['line'] } : null;
        case 'run': {
            const command = panelCommands.find((name) => name === fields['command']);
            return command === undefined ? null : { type: 'run', command };
        }
        case 'remedy':
            return readRemedy(fields);
        case 'copy':
            return typeof fields['text'] === 'string' && fields['text'].length <= longestCopy
                ? { type: 'copy', text: fields['text'] }
                : null;
        default:
            return null;
    }
}

function readRemedy({ record, at }: Readonly<Record<string, unknown>>): FromPanel | null {
    if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return null;
    if (record !== null && !isLine(record)) return null;
    return { type: 'remedy', record, at };
}

function isLine(value: unknown): value is number {
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

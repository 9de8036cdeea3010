/** The words that the page shows. `{0}` stands for a number or a name. */
import type { ActionState } from '../host/api.js';
import type { RecordKind, RecordOutcome } from './messages.js';

export interface PanelStrings {
    readonly welcome: string;
    readonly untrusted: string;
    readonly start: string;
    readonly trust: string;
    readonly push: string;
    readonly retry: string;
    readonly cancel: string;
    readonly pause: string;
    readonly resume: string;
    readonly restart: string;
    readonly rebuild: string;
    readonly startAgain: string;
    readonly stop: string;
    readonly openAddress: string;
    readonly session: string;
    readonly history: string;
    readonly steps: string;
    readonly output: string;
    readonly log: string;
    readonly find: string;
    readonly findNext: string;
    readonly findPrevious: string;
    readonly close: string;
    readonly noMatch: string;
    readonly copy: string;
    readonly filterSteps: string;
    readonly allOutput: string;
    readonly noOutput: string;
    readonly noLog: string;
    readonly waitingForSave: string;
    readonly line: string;
    readonly openLine: string;
    readonly stage: string;
    readonly restarted: string;
    readonly written: string;
    readonly removed: string;
    readonly inexact: string;
    readonly conditional: string;
    readonly states: Readonly<Record<ActionState, string>>;
    readonly kinds: Readonly<Record<RecordKind, string>>;
    readonly outcomes: Readonly<Record<RecordOutcome, string>>;
}

export function filled(text: string, value: string | number): string {
    return text.replace('{0}', String(value));
}

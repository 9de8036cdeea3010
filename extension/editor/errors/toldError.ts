/** An error as people read it: the same words in the panel, in Problems and in a notification. */
import * as vscode from 'vscode';
import type { ErrorCode, LivepushErrorShape } from '../../host/api.js';
import { plainText } from './plainText.js';

export interface ToldError {
    readonly message: string;
    readonly remedy: string;
    /** What was printed last, in lines. */
    readonly output: string;
    /** The line of the Dockerfile that is to be corrected, from 1. */
    readonly line: number | null;
}

/** Errors whose cause is not in the Dockerfile: at a step's line they would lead astray. */
const elsewhere: ReadonlySet<ErrorCode> = new Set([
    'daemon-unreachable',
    'permission-denied',
    'container-gone',
    'container-not-running',
    'container-paused',
    'container-died',
    'port-taken',
    'no-space',
    'cancelled',
]);

export function toldError(error: LivepushErrorShape): ToldError {
    return {
        message: plainText(error.message),
        remedy: plainText(remedyOf(error)),
        output: error.output,
        line: elsewhere.has(error.code) ? null : (error.lines?.[0] ?? null),
    };
}

/** In one line, for a notification: the panel has the rest. */
export function sentenceOf(error: LivepushErrorShape): string {
    const { message, remedy, output } = toldError(error);
    const [lastLine = ''] = error.code === 'container-died' ? output.split('\n').slice(-1) : [];
    const said = lastLine === '' ? [] : [vscode.l10n.t('Last output: {0}', lastLine)];
    return inSentences(message, remedy, ...said);
}

/** Parts one after the other, each ending as a sentence does. */
export function inSentences(...parts: readonly string[]): string {
    return parts.filter((part) => part !== '').reduce(joined, '');
}

function joined(before: string, after: string): string {
    if (before === '') return after;
    return /[.!?…]$/u.test(before) ? `${before} ${after}` : `${before}. ${after}`;
}

/** Where a button does it, the remedy says what the button says. */
function remedyOf({ code, remedy }: LivepushErrorShape): string {
    const stopped = code === 'container-paused' || code === 'container-not-running';
    return stopped ? vscode.l10n.t('Restart the container.') : remedy;
}

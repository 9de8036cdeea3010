/**
 * Tells a person what went wrong, once, with what to do about it. Background failures are told when
 * a session goes from well to failed, not again for every save after that.
 */
import * as vscode from 'vscode';
import type { LivepushErrorShape } from '../../host/api.js';
import { log } from '../log.js';
import { asLivepushError } from './livepushError.js';
import { type About, remediesFor, type Remedy } from './remedies.js';

const mutedKey = 'livepush.muteBackgroundFailures';

export class Notifier {
    readonly #shown = new Set<string>();

    readonly #memory: vscode.Memento;

    constructor(memory: vscode.Memento) {
        this.#memory = memory;
    }

    /** Runs what a person asked for; a failure becomes one message with a next step. */
    async guard(work: () => Promise<unknown>, about: About = {}): Promise<void> {
        try {
            await work();
        } catch (error) {
            await this.show(error, about);
        }
    }

    /** A failure of something a person asked for. */
    async show(error: unknown, about: About = {}): Promise<void> {
        log().error(error instanceof Error ? error : String(error));
        const shape = asLivepushError(error);
        if (shape?.code === 'cancelled') return;
        if (shape === null) {
            const text = vscode.l10n.t('Livepush failed: {0}', messageOf(error));
            await this.#offer(text, 'defect', [showLog()]);
            return;
        }
        const { retry } = about;
        const again: readonly Remedy[] =
            retry === undefined ? [] : [{ title: vscode.l10n.t('Try Again'), run: retry }];
        await this.#offer(textOf(shape), keyOf(shape, about), [
            ...remediesFor(shape, about),
            ...again,
        ]);
    }

    /** A failure of something nobody waited for. */
    async showBackground(error: LivepushErrorShape, about: About): Promise<void> {
        log().warn(`${error.code}: ${error.message}`);
        if (error.code === 'cancelled' || this.#memory.get<boolean>(mutedKey) === true) return;
        const mute: Remedy = {
            title: vscode.l10n.t("Don't Show Again"),
            run: () => this.#memory.update(mutedKey, true),
        };
        await this.#offer(textOf(error), keyOf(error, about), [...remediesFor(error, about), mute]);
    }

    async #offer(text: string, key: string, remedies: readonly Remedy[]): Promise<void> {
        if (this.#shown.has(key)) return;
        this.#shown.add(key);
        try {
            const titles = remedies.map((remedy) => remedy.title);
            const answer = await vscode.window.showErrorMessage(text, ...titles);
            await remedies.find((remedy) => remedy.title === answer)?.run();
        } finally {
            this.#shown.delete(key);
        }
    }
}

const showLog = (): Remedy => ({
    title: vscode.l10n.t('Show Log'),
    run: () => {
        log().show();
    },
});

function keyOf(error: LivepushErrorShape, about: About): string {
    return `${error.code} ${about.dockerfile?.toString() ?? ''}`;
}

/** A notification has no lines: what was said last is told by its very last line, or by the panel. */
function textOf({ code, message, remedy }: LivepushErrorShape): string {
    const [advice = '', ...said] = remedy.split('\n');
    const kept = code === 'container-died' ? [advice, ...said.slice(-1)] : [withoutSaid(advice)];
    const text = (said.length === 0 ? [advice] : kept).join(' ');
    if (text === '') return message;
    return /[.!?…]$/u.test(message) ? `${message} ${text}` : `${message}. ${text}`;
}

/** Without the announcement of lines that do not follow. */
function withoutSaid(advice: string): string {
    return advice.replace(/[^.]*:$/u, '').trim();
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** Carries a change into a session and tells what a person must know of the outcome. */
import * as vscode from 'vscode';
import type { Changes, LivepushErrorShape, PushResult } from '../../host/api.js';
import { commands } from '../contributions.js';
import type { Notifier } from '../errors/notifier.js';
import { asLivepushError } from '../errors/livepushError.js';
import type { SessionEntry } from './sessionEntry.js';
import { settingsFor } from '../settings.js';

export class Pusher {
    /** Sessions whose last push failed: their next failure is not new. */
    readonly #failing = new Set<string>();

    readonly #notifier: Notifier;

    constructor(notifier: Notifier) {
        this.#notifier = notifier;
    }

    /** A push that somebody waits for. */
    async push(entry: SessionEntry, changes: Changes | undefined, reason: string): Promise<void> {
        await this.follow(entry, entry.push(changes, reason), () =>
            this.push(entry, changes, reason),
        );
    }

    /** A push that was asked for: its failure is told each time. */
    async follow(
        entry: SessionEntry,
        pushing: Promise<PushResult | null>,
        retry: () => Promise<unknown>,
    ): Promise<void> {
        const { dockerfile, live } = entry;
        await this.#notifier.guard(
            async () => {
                const result = await pushing;
                this.#failing.delete(entry.key);
                await this.#tell(entry, result);
            },
            { dockerfile, live, retry },
        );
    }

    pushInBackground(entry: SessionEntry, changes: Changes, reason: string): void {
        entry.push(changes, reason).then(
            (result) => this.#tell(entry, result),
            (error: unknown) => {
                const shape = asLivepushError(error);
                void (shape === null
                    ? this.#notifier.show(error, entry)
                    : this.#failed(entry, shape));
            },
        );
    }

    async #tell(entry: SessionEntry, result: PushResult | null): Promise<void> {
        if (result === null || result.outcome === 'cancelled') return;
        if (result.outcome !== 'failed') {
            this.#failing.delete(entry.key);
            this.#notifier.withdraw(entry.dockerfile);
            return;
        }
        if (result.error !== null) await this.#failed(entry, result.error);
    }

    async #failed(entry: SessionEntry, error: LivepushErrorShape): Promise<void> {
        if (this.#failing.has(entry.key)) return;
        this.#failing.add(entry.key);
        if (settingsFor(entry.dockerfile).reveal !== 'never') {
            await vscode.commands.executeCommand(commands.showPanel, 'output');
        }
        await this.#notifier.showBackground(error, entry);
    }
}

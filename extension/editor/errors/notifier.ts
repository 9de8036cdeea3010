/**
 * Notifications, for what nothing else that is visible tells: one at a time, with what to do about
 * it, and withdrawn with their cause.
 */
import * as vscode from 'vscode';
import type { LivepushErrorShape } from '../../host/api.js';
import { section } from '../contributions.js';
import { log } from '../log.js';
import { settingsFor } from '../settings.js';
import { asLivepushError } from './livepushError.js';
import { type NotificationKind, notificationKindOf } from './notificationKinds.js';
import { type About, remediesFor, type Remedy } from './remedies.js';
import { sentenceOf } from './toldError.js';

interface Shown {
    readonly key: string;
    readonly dockerfile: string | null;
}

export class Notifier {
    readonly #isVisible: (dockerfile: vscode.Uri) => boolean;
    #shown: Shown | null = null;

    /** `isVisible` says whether what happens to a Dockerfile's session can be seen without this. */
    constructor(isVisible: (dockerfile: vscode.Uri) => boolean) {
        this.#isVisible = isVisible;
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
            await this.#offer(text, shownOf('bug', about), [showLog()]);
            return;
        }
        if (about.hasRecorded?.(shape) === true && this.#tells(about)) return;
        const { retry } = about;
        const again: readonly Remedy[] =
            retry === undefined ? [] : [{ title: vscode.l10n.t('Try Again'), run: retry }];
        await this.#offer(sentenceOf(shape), shownOf(shape.code, about), [
            ...remediesFor(shape, about),
            ...again,
        ]);
    }

    /** A failure of something that was not asked for just now. */
    async showBackground(error: LivepushErrorShape, about: About): Promise<void> {
        log().warn(`${error.code}: ${error.message}`);
        if (error.code === 'cancelled' || this.#tells(about)) return;
        const kind = notificationKindOf(error.code);
        if (!settingsFor(about.dockerfile).notifications[kind]) return;
        const mute: Remedy = { title: vscode.l10n.t("Don't Show Again"), run: () => turnOff(kind) };
        await this.#offer(sentenceOf(error), shownOf(error.code, about), [
            ...remediesFor(error, about),
            mute,
        ]);
    }

    /** What was told of a Dockerfile's session is over. */
    withdraw(dockerfile: vscode.Uri): void {
        if (this.#shown?.dockerfile === dockerfile.toString()) this.#hide();
    }

    #tells({ dockerfile }: About): boolean {
        return dockerfile !== undefined && this.#isVisible(dockerfile);
    }

    async #offer(text: string, shown: Shown, remedies: readonly Remedy[]): Promise<void> {
        if (this.#shown?.key === shown.key) return;
        if (this.#shown !== null) this.#hide();
        this.#shown = shown;
        const titles = remedies.map((remedy) => remedy.title);
        const answer = await vscode.window.showErrorMessage(text, ...titles);
        if (this.#shown === shown) this.#shown = null;
        await remedies.find((remedy) => remedy.title === answer)?.run();
    }

    /** VS Code has no call that closes a message; hidden ones stay behind the bell. */
    #hide(): void {
        this.#shown = null;
        void vscode.commands.executeCommand('notifications.hideToasts');
    }
}

/** For this user in every workspace; the settings editor shows and undoes it. */
async function turnOff(kind: NotificationKind): Promise<void> {
    const settings = vscode.workspace.getConfiguration(section);
    const own = settings.inspect<Record<string, boolean>>('notifications')?.globalValue ?? {};
    await settings.update(
        'notifications',
        { ...own, [kind]: false },
        vscode.ConfigurationTarget.Global,
    );
    const text = vscode.l10n.t('Turned off in the setting livepush.notifications');
    vscode.window.setStatusBarMessage(`$(bell-slash) ${text}`, 10_000);
}

function showLog(): Remedy {
    return {
        title: vscode.l10n.t('Show Log'),
        run: () => {
            log().show();
        },
    };
}

function shownOf(what: string, { dockerfile }: About): Shown {
    const path = dockerfile?.toString() ?? null;
    return { key: `${what} ${path ?? ''}`, dockerfile: path };
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** One status bar item: the state of the session at hand. Its click leads on. */
import * as vscode from 'vscode';
import type { DisplayState } from '../../protocol/messages.js';
import { commands } from '../contributions.js';
import { engineLabel } from '../engine.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { stateIcon, stateLabel } from '../sessions/stateLabel.js';

export class StatusBar implements vscode.Disposable {
    readonly #item = vscode.window.createStatusBarItem(
        'session',
        vscode.StatusBarAlignment.Left,
        5,
    );
    readonly #listeners: vscode.Disposable[];

    constructor(sessions: Sessions) {
        this.#item.name = 'Livepush';
        this.#item.command = commands.showActions;
        const update = (): void => {
            this.#show(sessions.current);
        };
        this.#listeners = [sessions.onDidChange(update), sessions.onDidRecord(update)];
        update();
    }

    dispose(): void {
        this.#item.dispose();
        for (const listener of this.#listeners) listener.dispose();
    }

    #show(entry: SessionEntry | null): void {
        if (entry === null) {
            this.#item.hide();
            return;
        }
        const { state } = entry;
        const text = state === 'pushing' ? pushingText(entry) : entry.view().label;
        this.#item.text = `$(${stateIcon(state)}) ${text}`;
        const colour = colourOf(state);
        this.#item.tooltip = tooltip(entry);
        this.#item.accessibilityInformation = { label: `Livepush: ${text}`, role: 'button' };
        this.#item.backgroundColor =
            colour === null
                ? undefined
                : new vscode.ThemeColor(`statusBarItem.${colour}Background`);
        this.#item.show();
    }
}

function colourOf(state: DisplayState): 'error' | 'warning' | null {
    if (state === 'pushIncomplete') return 'warning';
    const failed = /^(?:failed|pushFailed|down|gone)$/u.test(state);
    return failed ? 'error' : null;
}

function pushingText(entry: SessionEntry): string {
    const [finished, total] = entry.lastRecord?.progress ?? [0, 0];
    const label = stateLabel('pushing');
    return total > 1 ? `${label} ${String(finished)}/${String(total)}` : label;
}

function tooltip(entry: SessionEntry): vscode.MarkdownString {
    const { name, dockerfile, state, address, label } = entry.view();
    const text = new vscode.MarkdownString('', true);
    text.appendMarkdown('**Livepush** $(').appendMarkdown(`${stateIcon(state)}) `);
    text.appendText(`${label}\n\n`);
    text.appendText(`${dockerfile} → ${name}`);
    if (address !== null) text.appendText(`\n\n${vscode.l10n.t('answers at {0}', address)}`);
    const connection = entry.live?.connection ?? null;
    if (connection !== null) text.appendText(`\n\nDocker: ${engineLabel(connection)}`);
    return text;
}

/** One lens over a Dockerfile: start it, or what can be done with its session. */
import * as vscode from 'vscode';
import type { DisplayState } from '../../protocol/messages.js';
import { commands } from '../contributions.js';
import { renewalTitle } from '../sessions/renewalTitle.js';
import type { Sessions } from '../sessions/sessions.js';
import { settingsFor } from '../settings.js';
import { isDockerfile } from '../start/targets.js';
import { stateIcon } from '../sessions/stateLabel.js';

export class SessionLenses implements vscode.CodeLensProvider, vscode.Disposable {
    readonly #sessions: Sessions;
    readonly #changed = new vscode.EventEmitter<void>();
    readonly onDidChangeCodeLenses = this.#changed.event;
    readonly #listeners: vscode.Disposable[];

    constructor(sessions: Sessions) {
        this.#sessions = sessions;
        const changed = (): void => {
            this.#changed.fire();
        };
        this.#listeners = [
            sessions.onDidChange(changed),
            vscode.workspace.onDidChangeConfiguration(changed),
            vscode.workspace.onDidGrantWorkspaceTrust(changed),
        ];
    }

    provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
        const { uri } = document;
        if (!isDockerfile(uri) || uri.scheme !== 'file') return [];
        if (!settingsFor(uri).codeLens || !vscode.workspace.isTrusted) return [];
        const range = new vscode.Range(firstFrom(document), 0, firstFrom(document), 0);
        const lens = (title: string, command: string, ...rest: unknown[]): vscode.CodeLens =>
            new vscode.CodeLens(range, { title, command, arguments: [uri, ...rest] });
        const preview = lens(vscode.l10n.t('Preview Live Dockerfile'), commands.previewLive);
        const entry = this.#sessions.withDockerfile(uri);
        if (entry === undefined) {
            const start = withIcon('play', vscode.l10n.t('Start Livepush'));
            return [lens(start, commands.start), preview];
        }
        const { state, label, name } = entry.view();
        return [
            lens(withIcon(stateIcon(state), `${label}: ${name}`), commands.showActions),
            ...(entry.live === null
                ? []
                : nextSteps(state, entry.live.own).map(([title, id]) => lens(title, id))),
            preview,
        ];
    }

    dispose(): void {
        this.#changed.dispose();
        for (const listener of this.#listeners) listener.dispose();
    }
}

/** A lens drops the space after its icon, unless that is one that does not break. */
function withIcon(icon: string, text: string): string {
    return `$(${icon})\u00A0${text}`;
}

/** What one most likely wants to do next to a session that is up. */
function nextSteps(state: DisplayState, own: boolean): [title: string, command: string][] {
    switch (state) {
        case 'live':
        case 'pushFailed':
        case 'pushIncomplete':
        case 'failed':
            return [[vscode.l10n.t('Push'), commands.push]];
        case 'pushing':
            return [[vscode.l10n.t('Cancel Push'), commands.cancel]];
        case 'paused':
            return [[vscode.l10n.t('Resume'), commands.resume]];
        case 'down':
            return [[vscode.l10n.t('Restart Container'), commands.restart]];
        case 'gone':
            return [[renewalTitle(own), commands.rebuild]];
        case 'starting':
        case 'rebuilding':
        case 'closed':
        case 'none':
            return [];
    }
}

/** The lens stands where the first stage begins, below what comments say about the file. */
function firstFrom(document: vscode.TextDocument): number {
    for (let line = 0; line < document.lineCount; line += 1) {
        if (/^\s*FROM\s/iu.test(document.lineAt(line).text)) return line;
    }
    return 0;
}

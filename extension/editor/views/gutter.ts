/** Marks in a Dockerfile's gutter: the steps that run, failed, or are pending. */
import * as vscode from 'vscode';
import type { ActionState } from '../../host/api.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';

const marked = ['running', 'failed', 'pending'] as const satisfies readonly ActionState[];
type Marked = (typeof marked)[number];

export class Gutter implements vscode.Disposable {
    readonly #types: Readonly<Record<Marked, vscode.TextEditorDecorationType>>;
    readonly #sessions: Sessions;
    readonly #listeners: vscode.Disposable[];

    constructor(extension: vscode.Uri, sessions: Sessions) {
        this.#sessions = sessions;
        const type = (state: Marked, colour: string): vscode.TextEditorDecorationType =>
            vscode.window.createTextEditorDecorationType({
                gutterIconPath: vscode.Uri.joinPath(extension, 'media', `gutter-${state}.svg`),
                gutterIconSize: 'contain',
                overviewRulerColor: new vscode.ThemeColor(colour),
                overviewRulerLane: vscode.OverviewRulerLane.Left,
            });
        this.#types = {
            running: type('running', 'progressBar.background'),
            failed: type('failed', 'editorError.foreground'),
            pending: type('pending', 'editorWarning.foreground'),
        };
        const update = (): void => {
            this.#mark(vscode.window.visibleTextEditors);
        };
        this.#listeners = [
            sessions.onDidChange(update),
            sessions.onDidRecord(update),
            vscode.window.onDidChangeVisibleTextEditors((editors) => {
                this.#mark(editors);
            }),
        ];
        update();
    }

    dispose(): void {
        for (const state of marked) this.#types[state].dispose();
        for (const listener of this.#listeners) listener.dispose();
    }

    #mark(editors: readonly vscode.TextEditor[]): void {
        for (const editor of editors) {
            if (editor.document.languageId !== 'dockerfile') continue;
            const entry = this.#sessions.withDockerfile(editor.document.uri);
            for (const state of marked) {
                editor.setDecorations(this.#types[state], rangesIn(state, entry, editor.document));
            }
        }
    }
}

function rangesIn(
    state: Marked,
    entry: SessionEntry | undefined,
    document: vscode.TextDocument,
): vscode.Range[] {
    const steps = entry?.lastRecord?.steps ?? [];
    return steps.flatMap((step) => {
        const line = step.lines?.[0];
        if (step.state !== state || line === undefined || line > document.lineCount) return [];
        return [document.lineAt(line - 1).range];
    });
}

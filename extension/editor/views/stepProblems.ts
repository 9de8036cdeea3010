/** A step that failed is a problem of its Dockerfile line, until a push goes well. */
import * as vscode from 'vscode';
import { inSentences } from '../errors/toldError.js';
import type { Sessions } from '../sessions/sessions.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';

export class StepProblems implements vscode.Disposable {
    readonly #problems = vscode.languages.createDiagnosticCollection('livepush-steps');
    readonly #listeners: vscode.Disposable[];
    readonly #sessions: Sessions;

    constructor(sessions: Sessions) {
        this.#sessions = sessions;
        this.#listeners = [
            sessions.onDidRecord(([entry, record]) => {
                if (record.outcome !== 'running') this.#show(entry);
            }),
            sessions.onDidChange((entry) => {
                if (entry === null) this.#dropGone();
            }),
        ];
    }

    dispose(): void {
        this.#problems.dispose();
        for (const listener of this.#listeners) listener.dispose();
    }

    #show(entry: SessionEntry): void {
        const view = entry.lastRecord?.view();
        if (view === undefined || view.outcome === 'cancelled' || view.kind === 'verify') return;
        const { error } = view;
        const line = error?.line ?? null;
        if (error === null || line === null) {
            this.#problems.delete(entry.dockerfile);
            return;
        }
        const range = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
        const text = [inSentences(error.message, error.remedy), error.output];
        const problem = new vscode.Diagnostic(range, text.join('\n').trimEnd());
        problem.source = 'livepush';
        problem.code = 'step-failed';
        this.#problems.set(entry.dockerfile, [problem]);
    }

    #dropGone(): void {
        this.#problems.forEach((uri) => {
            if (this.#sessions.withDockerfile(uri) === undefined) this.#problems.delete(uri);
        });
    }
}

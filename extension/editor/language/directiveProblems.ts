/** What the core finds in a Dockerfile's directives, shown as one types. */
import * as vscode from 'vscode';
import { log } from '../log.js';
import { settingsFor } from '../settings.js';
import type { Finding } from './findings.js';
import { diagnosticOf } from './findings.js';

const typingPause = 200;

export class DirectiveProblems implements vscode.Disposable {
    readonly #collection = vscode.languages.createDiagnosticCollection('livepush');
    readonly #findings = new Map<string, readonly Finding[]>();
    readonly #pending = new Map<string, NodeJS.Timeout>();
    readonly #listeners: vscode.Disposable[];

    constructor() {
        this.#listeners = [
            vscode.workspace.onDidOpenTextDocument((document) => {
                this.#schedule(document, 0);
            }),
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                this.#schedule(document, typingPause);
            }),
            vscode.workspace.onDidCloseTextDocument(({ uri }) => {
                this.#forget(uri);
            }),
            vscode.workspace.onDidChangeConfiguration((change) => {
                if (change.affectsConfiguration('livepush.diagnostics')) this.#all();
            }),
        ];
        this.#all();
    }

    findingsOf(uri: vscode.Uri): readonly Finding[] {
        return this.#findings.get(uri.toString()) ?? [];
    }

    dispose(): void {
        this.#collection.dispose();
        for (const listener of this.#listeners) listener.dispose();
        for (const timer of this.#pending.values()) clearTimeout(timer);
    }

    #all(): void {
        for (const document of vscode.workspace.textDocuments) this.#schedule(document, 0);
    }

    #schedule(document: vscode.TextDocument, pause: number): void {
        if (document.languageId !== 'dockerfile' || document.uri.scheme.startsWith('livepush-')) {
            return;
        }
        const key = document.uri.toString();
        clearTimeout(this.#pending.get(key));
        const timer = setTimeout(() => {
            this.#pending.delete(key);
            this.#analyze(document).catch((error: unknown) => {
                log().error(error instanceof Error ? error : String(error));
            });
        }, pause);
        this.#pending.set(key, timer);
    }

    async #analyze(document: vscode.TextDocument): Promise<void> {
        const { core } = await import(/* webpackChunkName: "core" */ '../../host/core/wasm.js');
        if (document.isClosed) return;
        const findings = core().analyze(document.getText());
        const { severity } = settingsFor(document.uri);
        this.#findings.set(document.uri.toString(), findings);
        this.#collection.set(
            document.uri,
            findings.flatMap((finding) => diagnosticOf(finding, document.uri, severity) ?? []),
        );
    }

    #forget(uri: vscode.Uri): void {
        const key = uri.toString();
        clearTimeout(this.#pending.get(key));
        this.#pending.delete(key);
        this.#findings.delete(key);
        this.#collection.delete(uri);
    }
}

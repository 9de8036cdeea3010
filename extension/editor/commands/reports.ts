/** Read-only documents that are made, not stored. */
import * as vscode from 'vscode';

const scheme = 'livepush-report';

export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
    readonly #texts = new Map<string, string>();
    readonly #changed = new vscode.EventEmitter<vscode.Uri>();
    readonly onDidChange = this.#changed.event;
    readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

    provideTextDocumentContent(uri: vscode.Uri): string {
        return this.#texts.get(uri.path) ?? '';
    }

    async show(name: string, text: string): Promise<void> {
        const uri = vscode.Uri.from({ scheme, path: `/${name}` });
        this.#texts.set(uri.path, text);
        this.#changed.fire(uri);
        await vscode.window.showTextDocument(uri, { preview: true });
    }

    dispose(): void {
        this.#registration.dispose();
        this.#changed.dispose();
    }
}

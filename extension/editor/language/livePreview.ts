/** `Preview Live Dockerfile`: what the directives make of a Dockerfile, as a diff that follows. */
import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import { chooseTarget } from '../start/chooseTarget.js';

const scheme = 'livepush-live';
const typingPause = 150;

export class LivePreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
    readonly #changed = new vscode.EventEmitter<vscode.Uri>();
    readonly onDidChange = this.#changed.event;
    readonly #listeners: vscode.Disposable[];
    readonly #pending = new Map<string, NodeJS.Timeout>();

    constructor() {
        this.#listeners = [
            vscode.workspace.registerTextDocumentContentProvider(scheme, this),
            vscode.commands.registerCommand(commands.previewLive, (uri: unknown) =>
                preview(uri instanceof vscode.Uri ? uri : undefined),
            ),
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                if (document.languageId === 'dockerfile') this.#schedule(document.uri);
            }),
        ];
    }

    async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
        const source = vscode.Uri.parse(uri.query, true);
        const document = await vscode.workspace.openTextDocument(source);
        const { core } = await import(/* webpackChunkName: "core" */ '../../host/core/wasm.js');
        try {
            return core().liveDockerfile(document.getText());
        } catch (error) {
            return `# ${error instanceof Error ? error.message : String(error)}\n`;
        }
    }

    dispose(): void {
        this.#changed.dispose();
        for (const listener of this.#listeners) listener.dispose();
        for (const timer of this.#pending.values()) clearTimeout(timer);
    }

    #schedule(source: vscode.Uri): void {
        if (source.scheme === scheme) return;
        const live = liveUri(source);
        const shown = vscode.workspace.textDocuments.some(
            ({ uri }) => uri.toString() === live.toString(),
        );
        if (!shown) return;
        const key = live.toString();
        clearTimeout(this.#pending.get(key));
        const timer = setTimeout(() => {
            this.#pending.delete(key);
            this.#changed.fire(live);
        }, typingPause);
        this.#pending.set(key, timer);
    }
}

async function preview(named?: vscode.Uri): Promise<void> {
    const uri = named ?? dockerfileAtHand() ?? (await chooseDockerfile());
    if (uri === undefined || uri.scheme === scheme) return;
    // Only the right side of a diff can be typed in, so the Dockerfile stands there.
    const title = vscode.l10n.t('Live ↔ {0}', vscode.workspace.asRelativePath(uri));
    await vscode.commands.executeCommand('vscode.diff', liveUri(uri), uri, title);
}

/** Of this language, whatever its name is. */
function dockerfileAtHand(): vscode.Uri | undefined {
    const active = vscode.window.activeTextEditor?.document;
    return active?.languageId === 'dockerfile' ? active.uri : undefined;
}

async function chooseDockerfile(): Promise<vscode.Uri | undefined> {
    const target = await chooseTarget(vscode.l10n.t('Preview Live Dockerfile'));
    return target?.dockerfile;
}

function liveUri(source: vscode.Uri): vscode.Uri {
    return vscode.Uri.from({ scheme, path: source.path, query: source.toString() });
}

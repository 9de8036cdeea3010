/** Hovers: what a directive means, and what is known of a step. */
import * as vscode from 'vscode';
import type { Sessions } from '../sessions/sessions.js';
import { documentation } from './directiveCompletion.js';
import { directiveHelp } from './directives.js';
import { stepHelpAt } from './stepHelp.js';

export class Hovers implements vscode.HoverProvider {
    readonly #sessions: Sessions;

    constructor(sessions: Sessions) {
        this.#sessions = sessions;
    }

    async provideHover(
        document: vscode.TextDocument,
        position: vscode.Position,
    ): Promise<vscode.Hover | null> {
        const { text, range } = document.lineAt(position);
        const name = /^\s*#+\s*(?<name>dev-[\w-]+)/iu.exec(text)?.groups?.['name']?.toLowerCase();
        const help = directiveHelp().find((known) => known.name === name);
        if (help !== undefined) return new vscode.Hover(documentation(help), range);
        const line = position.line + 1;
        const { core } = await import(/* webpackChunkName: "core" */ '../../host/core/wasm.js');
        const step = stepHelpAt(core().parse(document.getText()), line);
        if (step === null) return null;
        const parts = [...step.sentences, ...this.#lastTime(document.uri, step.lines[0])];
        const markdown = new vscode.MarkdownString();
        for (const part of parts) markdown.appendText(part).appendMarkdown('\n\n');
        const [first, last] = step.lines;
        return new vscode.Hover(markdown, new vscode.Range(first - 1, 0, last, 0));
    }

    #lastTime(uri: vscode.Uri, line: number): string[] {
        const entry = this.#sessions.withDockerfile(uri);
        const step = entry?.stepAt(line);
        const took = entry?.durations.get(line);
        return [
            ...(step?.state === 'failed' ? [vscode.l10n.t('It failed in the last push.')] : []),
            ...(step?.state === 'pending'
                ? [vscode.l10n.t('Pending: the next push runs it.')]
                : []),
            ...(took === undefined
                ? []
                : [vscode.l10n.t('It took {0} ms when it last ran.', Math.round(took))]),
        ];
    }
}

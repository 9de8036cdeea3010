/** Completion of directives, after a `#` at the start of a line. */
import * as vscode from 'vscode';
import { directiveHelp, type DirectiveHelp } from './directives.js';

export const dockerfiles: vscode.DocumentSelector = { language: 'dockerfile' };

export const directiveCompletion: vscode.CompletionItemProvider = {
    provideCompletionItems(document, position) {
        const line = document.lineAt(position).text;
        const typed = /^\s*#+\s*(?<name>[\w-]*)$/u.exec(line.slice(0, position.character));
        if (typed === null) return [];
        const start = position.character - (typed.groups?.['name']?.length ?? 0);
        const end = /^[\w-]*=?/u.exec(line.slice(position.character))?.[0].length ?? 0;
        const range = new vscode.Range(
            position.with({ character: start }),
            position.translate(0, end),
        );
        return directiveHelp().map((help) => itemFor(help, range));
    },
};

function itemFor(help: DirectiveHelp, range: vscode.Range): vscode.CompletionItem {
    const item = new vscode.CompletionItem(
        { label: help.name, description: help.summary },
        vscode.CompletionItemKind.Keyword,
    );
    item.insertText = new vscode.SnippetString(`${help.name}=${help.snippet}`);
    item.range = range;
    item.filterText = help.name;
    item.documentation = documentation(help);
    return item;
}

export function documentation(help: DirectiveHelp): vscode.MarkdownString {
    const text = new vscode.MarkdownString(`**#${help.name}**: ${help.summary}\n\n`);
    return text.appendMarkdown(help.explanation).appendCodeblock(help.example, 'dockerfile');
}

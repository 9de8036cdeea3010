/** The core's fixes as quick fixes. */
import * as vscode from 'vscode';
import type { DirectiveProblems } from './directiveProblems.js';
import { rangeOf } from './findings.js';

export class QuickFixes implements vscode.CodeActionProvider {
    readonly #problems: DirectiveProblems;

    constructor(problems: DirectiveProblems) {
        this.#problems = problems;
    }

    provideCodeActions(
        document: vscode.TextDocument,
        range: vscode.Range,
        context: vscode.CodeActionContext,
    ): vscode.CodeAction[] {
        const findings = this.#problems
            .findingsOf(document.uri)
            .filter((finding) => rangeOf(finding.range).intersection(range) !== undefined);
        return findings.flatMap((finding) => {
            const diagnostics = context.diagnostics.filter(({ code }) => code === finding.code);
            return finding.fixes.map((fix, index) => {
                const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
                action.edit = new vscode.WorkspaceEdit();
                for (const { range: replaced, newText } of fix.edits) {
                    action.edit.replace(document.uri, rangeOf(replaced), newText);
                }
                action.diagnostics = diagnostics;
                action.isPreferred = index === 0;
                return action;
            });
        });
    }
}

/** The language features of Dockerfiles. They need neither Docker nor trust. */
import * as vscode from 'vscode';
import type { Sessions } from '../sessions/sessions.js';
import { SessionLenses } from './codeLens.js';
import { directiveCompletion, dockerfiles } from './directiveCompletion.js';
import { Hovers } from './hover.js';
import { LivePreview } from './livePreview.js';
import { DirectiveProblems } from './directiveProblems.js';
import { QuickFixes } from './quickFixes.js';

export function registerLanguageFeatures(sessions: Sessions): { dispose(): unknown }[] {
    const problems = new DirectiveProblems();
    const lenses = new SessionLenses(sessions);
    return [
        problems,
        lenses,
        new LivePreview(),
        vscode.languages.registerCompletionItemProvider(dockerfiles, directiveCompletion, '#', '-'),
        vscode.languages.registerHoverProvider(dockerfiles, new Hovers(sessions)),
        vscode.languages.registerCodeLensProvider(dockerfiles, lenses),
        vscode.languages.registerCodeActionsProvider(dockerfiles, new QuickFixes(problems), {
            providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
        }),
    ];
}

import * as vscode from 'vscode';

/** Restricted mode has the language features only; the button asks for more. */
export async function isTrusted(): Promise<boolean> {
    if (vscode.workspace.isTrusted) return true;
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t(
            'Livepush runs the commands of a Dockerfile, so it needs a workspace that you trust.',
        ),
        manage,
    );
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return false;
}

import * as vscode from 'vscode';
import { composePattern, isComposeFile } from './composeFiles.js';

/** The Compose file at hand, or the only one, or the one that is chosen. */
export async function chooseComposeFile(): Promise<vscode.Uri | null> {
    const active = vscode.window.activeTextEditor?.document.uri;
    if (active !== undefined && isComposeFile(active)) return active;
    const files = await vscode.workspace.findFiles(composePattern, '**/node_modules/**', 100);
    if (files.length === 0) {
        void vscode.window.showInformationMessage(
            vscode.l10n.t('There is no Compose file in this workspace.'),
        );
        return null;
    }
    if (files.length === 1) return files[0] ?? null;
    const sorted = files.toSorted((a, b) => a.path.localeCompare(b.path));
    const chosen = await vscode.window.showQuickPick(
        sorted.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
        { placeHolder: vscode.l10n.t('Which Compose project?') },
    );
    return chosen?.uri ?? null;
}

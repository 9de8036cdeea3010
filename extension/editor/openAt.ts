/** Shows a line (1-based) of a file. */
import * as vscode from 'vscode';

export async function openAt(uri: vscode.Uri, line: number): Promise<void> {
    const position = new vscode.Position(Math.max(0, line - 1), 0);
    await vscode.window.showTextDocument(uri, {
        selection: new vscode.Range(position, position),
        preserveFocus: false,
    });
}

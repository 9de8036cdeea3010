/** The page of the panel view: nothing but its script, which makes everything from messages. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelStrings } from './panelStrings.js';

export function panelHtml(webview: vscode.Webview, dist: vscode.Uri): string {
    const nonce = randomBytes(16).toString('base64');
    const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.js')).toString();
    const policy = [
        "default-src 'none'",
        `script-src 'nonce-${nonce}'`,
        `style-src 'nonce-${nonce}'`,
        "base-uri 'none'",
        "form-action 'none'",
    ].join('; ');
    return `<!DOCTYPE html>
<html lang="${escaped(vscode.env.language)}">
<head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Livepush</title>
</head>
<body data-strings="${escaped(JSON.stringify(panelStrings()))}">
    <script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
    return text.replace(/[&<>"']/gu, (character) => `&#${String(character.charCodeAt(0))};`);
}

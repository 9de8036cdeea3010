/** Which files are Compose files, and where their services are. */
import * as path from 'node:path';
import type * as vscode from 'vscode';

export const composePattern = '**/{compose,docker-compose}.{yml,yaml}';

/** Whether a file is one that Compose finds by itself, or an override of such a file. */
export function isComposeFile(uri: vscode.Uri): boolean {
    return /^(?:docker-)?compose(?:\.[\w.-]+)?\.ya?ml$/u.test(path.posix.basename(uri.path));
}

/** The line of `services:` in the text of a Compose file, counted from 0, or null. */
export function servicesLine(text: string): number | null {
    const line = text.split(/\r?\n/u).findIndex((each) => /^services\s*:/u.test(each));
    return line < 0 ? null : line;
}

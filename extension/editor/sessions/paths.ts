/** Paths as the editor compares them. */
import * as path from 'node:path';
import type { Uri } from 'vscode';

/** Whether a file lies in a folder, or is it. */
export function isInside(uri: Uri, folder: Uri): boolean {
    if (uri.scheme !== folder.scheme || uri.authority !== folder.authority) return false;
    const relative = path.relative(folder.fsPath, uri.fsPath);
    return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

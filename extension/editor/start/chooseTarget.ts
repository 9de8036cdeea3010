import * as vscode from 'vscode';
import { pick } from './pick.js';
import { findTargets, isDockerfile, type Target, targetOf } from './targets.js';

/** The Dockerfile that is named, or at hand, or the only one, or a person's choice. */
export async function chooseTarget(title: string, uri?: vscode.Uri): Promise<Target | null> {
    if (uri !== undefined) return targetOf(uri);
    const active = vscode.window.activeTextEditor?.document;
    if (active?.languageId === 'dockerfile' && isDockerfile(active.uri)) {
        return targetOf(active.uri);
    }
    const targets = await findTargets();
    if (targets.length === 0) {
        void vscode.window.showInformationMessage(
            vscode.l10n.t('There is no Dockerfile in this workspace.'),
        );
        return null;
    }
    if (targets.length === 1) return targets[0] ?? null;
    const chosen = await pick(
        targets.map((target) => ({
            label: vscode.workspace.asRelativePath(target.dockerfile),
            description: target.service ?? '',
            iconPath: new vscode.ThemeIcon('file-code'),
            target,
        })),
        { title, placeholder: vscode.l10n.t('Which Dockerfile?') },
    );
    return chosen?.target ?? null;
}

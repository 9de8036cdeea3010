import * as vscode from 'vscode';
import type { ContainerChoice } from '../../host/api.js';
import { engineLabel, type Host } from '../engine.js';
import type { Target } from './targets.js';

/** A walkthrough whose button was pressed takes the keyboard back, which would close the list. */
export const staying = { ignoreFocusOut: true };

export type Way =
    { readonly kind: 'run' } | { readonly kind: 'attach'; readonly to: ContainerChoice };

interface WayItem extends vscode.QuickPickItem {
    readonly way?: Way;
}

export async function chooseWay(host: Host, target: Target): Promise<Way | null> {
    const containers = await host.frontEnd.listContainers(host.docker, target.dockerfile.fsPath);
    const connection = host.frontEnd.connectionOf(host.docker);
    const run: WayItem = {
        label: `$(play) ${vscode.l10n.t('Build and Run')}`,
        description: connection === null ? '' : engineLabel(connection),
        detail: vscode.l10n.t('Builds the live Dockerfile and runs it'),
        way: { kind: 'run' },
    };
    if (containers.length === 0) return { kind: 'run' };
    const chosen = await vscode.window.showQuickPick<WayItem>(
        [
            run,
            {
                label: vscode.l10n.t('attach to a running container'),
                kind: vscode.QuickPickItemKind.Separator,
            },
            ...containers.map((to) => ({
                label: `$(vm-running) ${to.name}`,
                description: to.image,
                detail: to.likely
                    ? vscode.l10n.t('{0}, built from this Dockerfile', to.status)
                    : to.status,
                way: { kind: 'attach', to } as const,
            })),
        ],
        {
            title: vscode.l10n.t('Livepush: Start'),
            placeHolder: vscode.workspace.asRelativePath(target.dockerfile),
            matchOnDescription: true,
            ...staying,
        },
    );
    return chosen?.way ?? null;
}

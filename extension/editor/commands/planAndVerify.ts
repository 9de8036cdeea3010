/** `Explain` and `Verify`: what would happen, and whether what happened is right. */
import * as vscode from 'vscode';
import type { Difference, PlanView } from '../../host/api.js';
import { commands } from '../contributions.js';
import type { Notifier } from '../errors/notifier.js';
import { openAt } from '../openAt.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { chooseSession } from './chooseSession.js';
import type { Reports } from './reports.js';

export function registerReports(
    sessions: Sessions,
    notifier: Notifier,
    reports: Reports,
): vscode.Disposable[] {
    return [
        ...[commands.explain, commands.explainFile].map((id) =>
            vscode.commands.registerCommand(id, (argument: unknown) =>
                notifier.guard(() => explain(sessions, argument)),
            ),
        ),
        vscode.commands.registerCommand(commands.verify, (argument: unknown) =>
            notifier.guard(() => verify(sessions, reports, argument)),
        ),
    ];
}

async function explain(sessions: Sessions, argument: unknown): Promise<void> {
    const uri =
        argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    if (uri === undefined) return;
    const name = vscode.workspace.asRelativePath(uri);
    const entry = sessions.of(uri).at(-1);
    if (!entry?.live) {
        void vscode.window.showInformationMessage(
            vscode.l10n.t('{0} belongs to no session.', name),
        );
        return;
    }
    if (!entry.live.isRelevant(uri.fsPath)) {
        void vscode.window.showInformationMessage(
            vscode.l10n.t('{0} is not part of the build: no step takes it.', name),
        );
        return;
    }
    await showPlan(entry, name, await entry.live.explain(uri.fsPath));
}

interface PlanItem extends vscode.QuickPickItem {
    readonly line: number | null;
}

async function showPlan(entry: SessionEntry, name: string, plan: PlanView): Promise<void> {
    const items: PlanItem[] = [
        ...plan.inexact.map(({ why, remedy, lines }) => ({
            label: `$(warning) ${why}`,
            detail: remedy,
            line: lines?.[0] ?? null,
        })),
        ...plan.actions.map(({ title, why, lines, conditional, stageName, stage }) => ({
            label: `$(${conditional ? 'question' : 'arrow-right'}) ${title}`,
            description: stageName ?? vscode.l10n.t('Stage {0}', stage),
            detail: why.join(' · '),
            line: lines?.[0] ?? null,
        })),
    ];
    const restarts = plan.restarts
        ? vscode.l10n.t('restarts the application')
        : vscode.l10n.t('restarts nothing');
    const chosen = await vscode.window.showQuickPick(items, {
        title: vscode.l10n.t('Saving {0}', name),
        placeHolder:
            items.length === 0
                ? vscode.l10n.t('changes nothing in the container')
                : vscode.l10n.t('{0} actions; {1}', plan.actions.length, restarts),
        matchOnDetail: true,
    });
    if (chosen?.line) await openAt(entry.dockerfile, chosen.line);
}

async function verify(sessions: Sessions, reports: Reports, argument: unknown): Promise<void> {
    const entry = await chooseSession(sessions, argument);
    if (!entry?.live) return;
    const differences = await vscode.window.withProgress(
        {
            location: vscode.ProgressLocation.Notification,
            title: vscode.l10n.t('Livepush: comparing {0} with a fresh build', entry.name),
        },
        () => entry.verify(vscode.l10n.t('against a fresh build')),
    );
    if (differences.length === 0) {
        void vscode.window.showInformationMessage(
            vscode.l10n.t('{0} is what a fresh build would be.', entry.name),
        );
        return;
    }
    await reports.show(`${entry.name}.differences`, differencesText(entry, differences));
}

function differencesText(entry: SessionEntry, differences: readonly Difference[]): string {
    const head = vscode.l10n.t(
        '{0} differs from a fresh build in {1} paths:',
        entry.name,
        differences.length,
    );
    const lines = differences.map(
        ({ path, kind, expected, actual }) => `${kind.padEnd(8)} ${path}  ${expected} → ${actual}`,
    );
    return [head, '', ...lines, ''].join('\n');
}

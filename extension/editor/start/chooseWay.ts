/** Whether a Dockerfile is built and run, or a container that runs already is kept live. */
import * as vscode from 'vscode';
import type { ContainerChoice } from '../../host/api.js';
import { engineLabel, type Host } from '../engine.js';
import { pick, type Question } from './pick.js';
import type { Target } from './targets.js';

export type Way =
    { readonly kind: 'run' } | { readonly kind: 'attach'; readonly to: ContainerChoice };

interface WayItem extends vscode.QuickPickItem {
    readonly way?: Way;
    readonly others?: true;
}

/** It is asked only where a container that runs seems to be of this Dockerfile. */
export async function chooseWay(host: Host, target: Target): Promise<Way | null> {
    const containers = await host.frontEnd.listContainers(host.docker, target.dockerfile.fsPath);
    const connection = host.frontEnd.connectionOf(host.docker);
    const fitting = containers.filter(({ likely }) => likely);
    if (fitting.length === 0) return { kind: 'run' };
    const { t } = vscode.l10n;
    const others: WayItem[] =
        fitting.length === containers.length
            ? []
            : [{ label: `$(plug) ${t('Attach to Another Container...')}`, others: true }];
    const chosen = await pick<WayItem>(
        [
            {
                label: `$(play) ${t('Build and Run')}`,
                description: connection === null ? '' : engineLabel(connection),
                detail: t('Builds the live Dockerfile and runs it'),
                way: { kind: 'run' },
            },
            { label: t('built from this Dockerfile'), kind: vscode.QuickPickItemKind.Separator },
            ...fitting.map(itemOf),
            ...others,
        ],
        questionFor(target, t('Build and run {0}, or attach to its container?', nameOf(target)), 1),
    );
    if (chosen?.others === true) return chooseContainer(target, containers, 2);
    return chosen?.way ?? null;
}

/** Any container that runs, those of the Dockerfile first. */
export async function chooseAnyContainer(host: Host, target: Target): Promise<Way | null> {
    const containers = await host.frontEnd.listContainers(host.docker, target.dockerfile.fsPath);
    if (containers.length === 0) {
        const text = vscode.l10n.t('No container is running.');
        void vscode.window.showInformationMessage(text);
        return null;
    }
    return chooseContainer(target, containers);
}

async function chooseContainer(
    target: Target,
    containers: readonly ContainerChoice[],
    step?: number,
): Promise<Way | null> {
    const text = vscode.l10n.t('Which container runs {0}?', nameOf(target));
    const chosen = await pick(containers.map(itemOf), questionFor(target, text, step));
    return chosen?.way ?? null;
}

function itemOf(to: ContainerChoice): WayItem {
    return {
        label: `$(package) ${vscode.l10n.t('Attach to {0}', to.name)}`,
        description: to.image,
        detail: to.status,
        way: { kind: 'attach', to },
    };
}

function questionFor(target: Target, placeholder: string, step?: number): Question {
    const title = vscode.l10n.t('Livepush: Start {0}', nameOf(target));
    return step === undefined ? { title, placeholder } : { title, placeholder, step, steps: 2 };
}

function nameOf({ dockerfile }: Target): string {
    return vscode.workspace.asRelativePath(dockerfile);
}

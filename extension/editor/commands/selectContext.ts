/** `Livepush: Select Docker Context`: which engine is used, chosen from what there is. */
import * as vscode from 'vscode';
import type { ContextChoice, EngineConnection, EngineOffer } from '../../host/api.js';
import { commands, section } from '../contributions.js';
import { loadEngine } from '../engine.js';
import type { Notifier } from '../errors/notifier.js';
import { settingsFor } from '../settings.js';
import { isTrusted } from '../trust.js';

/** What the settings say once an item was chosen; an empty text stands for nothing. */
interface Choice {
    readonly dockerHost: string;
    readonly dockerContext: string;
}

interface Item extends vscode.QuickPickItem {
    readonly choice?: Choice;
}

export function registerSelectContext(notifier: Notifier): vscode.Disposable {
    return vscode.commands.registerCommand(commands.selectContext, () =>
        notifier.guard(async () => {
            if (!(await isTrusted())) return;
            const chosen = await vscode.window.showQuickPick(itemsToChoose(), {
                title: vscode.l10n.t('Livepush: Select Docker Context'),
                placeHolder: vscode.l10n.t('Sessions that are started from now on use it'),
                matchOnDescription: true,
                matchOnDetail: true,
            });
            if (chosen?.choice !== undefined) await write(chosen.choice);
        }),
    );
}

async function itemsToChoose(): Promise<Item[]> {
    const { frontEnd, settings } = await loadEngine();
    const [contexts, found, current] = await Promise.all([
        frontEnd.listContexts(),
        frontEnd.findEngines(),
        frontEnd.chooseConnection(settings).catch(() => null),
    ]);
    const known = new Set(contexts.map(({ address }) => address));
    const others = found.filter(({ address }) => !known.has(address));
    return [
        asDocker(settingsFor()),
        separator(vscode.l10n.t('Docker contexts')),
        ...contexts.map((context) => contextItem(context, current)),
        ...(others.length === 0 ? [] : [separator(vscode.l10n.t('found on this machine'))]),
        ...others.map((offer) => offerItem(offer, current)),
    ];
}

function asDocker({ dockerHost, dockerContext }: Choice): Item {
    const isCurrent = dockerHost === '' && dockerContext === '';
    return {
        label: `$(${isCurrent ? 'check' : 'terminal'}) ${vscode.l10n.t('Same as the docker Command')}`,
        detail: vscode.l10n.t('DOCKER_HOST, DOCKER_CONTEXT, or the current context'),
        choice: { dockerHost: '', dockerContext: '' },
    };
}

function contextItem(context: ContextChoice, current: EngineConnection | null): Item {
    const isCurrent = current !== null && (current.context ?? 'default') === context.name;
    const isNamed = isCurrent && (current.context !== null || current.source === 'default');
    return {
        label: `$(${isNamed ? 'check' : 'server'}) ${context.name}`,
        description: context.description,
        detail: context.address,
        choice: { dockerHost: '', dockerContext: context.name },
    };
}

function offerItem({ name, address }: EngineOffer, current: EngineConnection | null): Item {
    const isCurrent = current?.address === address;
    return {
        label: `$(${isCurrent ? 'check' : 'server'}) ${name}`,
        detail: address,
        choice: { dockerHost: address, dockerContext: '' },
    };
}

function separator(label: string): Item {
    return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Where a workspace has a setting of its own, that one counts, so that one is changed. */
async function write(choice: Choice): Promise<void> {
    const settings = vscode.workspace.getConfiguration(section);
    for (const [name, value] of Object.entries(choice)) {
        const { workspaceValue } = settings.inspect<string>(name) ?? {};
        const inWorkspace = workspaceValue !== undefined && workspaceValue !== '';
        const target = inWorkspace
            ? vscode.ConfigurationTarget.Workspace
            : vscode.ConfigurationTarget.Global;
        await settings.update(name, value === '' ? undefined : value, target);
    }
}

/** Sessions → their containers → the steps of the last push. */
import * as vscode from 'vscode';
import type { ActionState } from '../../host/api.js';
import type { StepView } from '../../protocol/messages.js';
import { commands, views } from '../contributions.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { stateIcon } from '../sessions/stateLabel.js';

type Node =
    | { readonly kind: 'session'; readonly sessionKey: string; readonly entry: SessionEntry }
    | { readonly kind: 'container'; readonly sessionKey: string; readonly entry: SessionEntry }
    | {
          readonly kind: 'step';
          readonly sessionKey: string;
          readonly entry: SessionEntry;
          readonly step: StepView;
      };

const stepIcons: Readonly<Record<ActionState, readonly [icon: string, colour?: string]>> = {
    waiting: ['circle-outline'],
    running: ['sync~spin'],
    done: ['pass', 'testing.iconPassed'],
    unchanged: ['dash'],
    failed: ['error', 'testing.iconFailed'],
    pending: ['warning', 'editorWarning.foreground'],
};

export class SessionTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
    readonly #sessions: Sessions;
    readonly #changed = new vscode.EventEmitter<undefined>();
    readonly onDidChangeTreeData = this.#changed.event;
    readonly #view: vscode.TreeView<Node>;
    readonly #listeners: vscode.Disposable[];
    #refresh: NodeJS.Timeout | null = null;

    constructor(sessions: Sessions) {
        this.#sessions = sessions;
        this.#view = vscode.window.createTreeView(views.sessions, { treeDataProvider: this });
        const refresh = (): void => {
            this.#scheduleRefresh();
        };
        this.#listeners = [sessions.onDidChange(refresh), sessions.onDidRecord(refresh)];
    }

    getChildren(node?: Node): Node[] {
        if (node === undefined) {
            return this.#sessions.all.map((entry) => ({
                kind: 'session',
                sessionKey: entry.key,
                entry,
            }));
        }
        const { sessionKey, entry } = node;
        switch (node.kind) {
            case 'session':
                return entry.live === null ? [] : [{ kind: 'container', sessionKey, entry }];
            case 'container':
                return (entry.lastRecord?.steps ?? []).map((step) => ({
                    kind: 'step',
                    sessionKey,
                    entry,
                    step,
                }));
            case 'step':
                return [];
        }
    }

    getTreeItem(node: Node): vscode.TreeItem {
        switch (node.kind) {
            case 'session':
                return sessionItem(node.entry);
            case 'container':
                return containerItem(node.entry);
            case 'step':
                return stepItem(node.entry, node.step);
        }
    }

    dispose(): void {
        this.#view.dispose();
        this.#changed.dispose();
        for (const listener of this.#listeners) listener.dispose();
        if (this.#refresh !== null) clearTimeout(this.#refresh);
    }

    /** Steps come in bursts; a tree need not show each. */
    #scheduleRefresh(): void {
        this.#refresh ??= setTimeout(() => {
            this.#refresh = null;
            this.#changed.fire(undefined);
        }, 50);
    }
}

function sessionItem(entry: SessionEntry): vscode.TreeItem {
    const { dockerfile, label, state } = entry.view();
    const item = new vscode.TreeItem(dockerfile, vscode.TreeItemCollapsibleState.Expanded);
    item.id = entry.key;
    item.description = label;
    item.iconPath = new vscode.ThemeIcon(stateIcon(state));
    item.contextValue = `session.${state}`;
    return item;
}

function containerItem(entry: SessionEntry): vscode.TreeItem {
    const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `${entry.key}/container`;
    item.description = entry.address ?? '';
    item.tooltip = entry.live?.image ?? '';
    item.iconPath = new vscode.ThemeIcon('vm');
    const isGone = entry.state === 'gone';
    // What is offered goes by this.
    item.contextValue = isGone
        ? 'gone'
        : entry.address === null
          ? 'container'
          : 'container.address';
    return item;
}

function stepItem(entry: SessionEntry, step: StepView): vscode.TreeItem {
    const item = new vscode.TreeItem(step.title);
    const [icon, colour] = stepIcons[step.state];
    item.id = `${entry.key}/${String(entry.lastRecord?.number)}/${step.id}`;
    item.description =
        step.milliseconds === null ? '' : `${String(Math.round(step.milliseconds))} ms`;
    item.tooltip = step.why.join('\n');
    item.iconPath = new vscode.ThemeIcon(
        icon,
        colour === undefined ? undefined : new vscode.ThemeColor(colour),
    );
    if (step.lines !== null) {
        item.command = {
            command: commands.openDockerfile,
            title: vscode.l10n.t('Open Dockerfile'),
            arguments: [{ sessionKey: entry.key, line: step.lines[0] }],
        };
    }
    return item;
}

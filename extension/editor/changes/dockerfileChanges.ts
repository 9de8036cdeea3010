/** A Dockerfile or .dockerignore that changed makes another image: offers to build it, or does. */
import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { renewalTitle } from '../sessions/renewalTitle.js';
import { settingsFor } from '../settings.js';

export class DockerfileChanges implements vscode.Disposable {
    readonly #sessions: Sessions;
    readonly #watchers = new Map<SessionEntry, vscode.Disposable>();
    readonly #asking = new Set<SessionEntry>();
    readonly #listener: vscode.Disposable;

    constructor(sessions: Sessions) {
        this.#sessions = sessions;
        this.#listener = sessions.onDidChange(() => {
            this.#watchSessions();
        });
    }

    dispose(): void {
        this.#listener.dispose();
        for (const watcher of this.#watchers.values()) watcher.dispose();
    }

    #watchSessions(): void {
        for (const [entry, watcher] of this.#watchers) {
            if (this.#sessions.all.includes(entry)) continue;
            watcher.dispose();
            this.#watchers.delete(entry);
        }
        for (const entry of this.#sessions.all) {
            if (entry.live === null || this.#watchers.has(entry)) continue;
            this.#watchers.set(entry, this.#watch(entry));
        }
    }

    #watch(entry: SessionEntry): vscode.Disposable {
        const changed = (uri: vscode.Uri): void => {
            void this.#offer(entry, uri);
        };
        const disposables = definitionsOf(entry).flatMap((uri) => {
            const watcher = vscode.workspace.createFileSystemWatcher(
                new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), escaped(uri)),
            );
            watcher.onDidChange(changed);
            watcher.onDidCreate(changed);
            watcher.onDidDelete(changed);
            return watcher;
        });
        return vscode.Disposable.from(...disposables);
    }

    async #offer(entry: SessionEntry, uri: vscode.Uri): Promise<void> {
        const { rebuildOn } = settingsFor(entry.dockerfile);
        if (rebuildOn === 'never' || this.#asking.has(entry)) return;
        this.#asking.add(entry);
        try {
            const own = entry.live?.own !== false;
            if ((own && rebuildOn === 'always') || (await isWanted(uri, own))) {
                await vscode.commands.executeCommand(commands.rebuild, { sessionKey: entry.key });
            }
        } finally {
            this.#asking.delete(entry);
        }
    }
}

async function isWanted(uri: vscode.Uri, own: boolean): Promise<boolean> {
    const { t } = vscode.l10n;
    const path = vscode.workspace.asRelativePath(uri);
    const wanted = renewalTitle(own);
    const answer = await vscode.window.showInformationMessage(
        own
            ? t('{0} changed: the container shows it after a rebuild.', path)
            : t('{0} changed: the container shows it once you start again.', path),
        wanted,
    );
    return answer === wanted;
}

/** The files that say what is built; the second ignore file wins where it exists. */
function definitionsOf({ dockerfile, context }: SessionEntry): vscode.Uri[] {
    return [
        dockerfile,
        vscode.Uri.joinPath(context, '.dockerignore'),
        dockerfile.with({ path: `${dockerfile.path}.dockerignore` }),
    ];
}

/** A file's name as a glob that matches it alone. */
function escaped(uri: vscode.Uri): string {
    return (uri.path.split('/').at(-1) ?? '').replace(/[*?[\]{}]/gu, '[$&]');
}

/**
 * Turns changes of files into pushes. A save is pushed at once. What other programs write is
 * gathered first. News of what was pushed already is dropped.
 */
import * as vscode from 'vscode';
import { isInside } from '../sessions/paths.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { settingsFor } from '../settings.js';
import { Coalescer, type Batch } from './coalescer.js';
import type { Pusher } from '../sessions/pushRunner.js';
import { TakenFiles } from './pushedStamps.js';

const quietMilliseconds = 40;
const capMilliseconds = 250;

interface Watched {
    readonly watcher: vscode.FileSystemWatcher;
    readonly coalescer: Coalescer;
}

export class PushOnChange implements vscode.Disposable {
    readonly #watched = new Map<SessionEntry, Watched>();
    readonly #taken = new WeakMap<SessionEntry, TakenFiles>();
    readonly #listeners: vscode.Disposable[];

    readonly #sessions: Sessions;
    readonly #pusher: Pusher;

    constructor(sessions: Sessions, pusher: Pusher) {
        this.#sessions = sessions;
        this.#pusher = pusher;
        this.#listeners = [
            vscode.workspace.onDidSaveTextDocument((document) => {
                this.#onSave(document.uri);
            }),
            vscode.workspace.onDidSaveNotebookDocument((notebook) => {
                this.#onSave(notebook.uri);
            }),
            sessions.onDidChange(() => {
                this.#watchSessions();
            }),
        ];
    }

    dispose(): void {
        for (const listener of this.#listeners) listener.dispose();
        for (const entry of [...this.#watched.keys()]) this.#unwatch(entry);
    }

    #onSave(uri: vscode.Uri): void {
        if (uri.scheme !== 'file') return;
        for (const entry of this.#sessions.all) {
            if (!takes(entry, uri) || !this.#takenBy(entry).take(uri.fsPath)) continue;
            this.#pusher.pushInBackground(
                entry,
                { updated: [uri.fsPath], deleted: [] },
                vscode.l10n.t('saved {0}', vscode.workspace.asRelativePath(uri)),
            );
        }
    }

    #watchSessions(): void {
        const wanted = new Set(
            this.#sessions.all.filter(
                (entry) => entry.live !== null && settingsFor(entry.context).watchOutsideChanges,
            ),
        );
        for (const entry of this.#watched.keys()) if (!wanted.has(entry)) this.#unwatch(entry);
        for (const entry of wanted) if (!this.#watched.has(entry)) this.#watch(entry);
    }

    #watch(entry: SessionEntry): void {
        const coalescer = new Coalescer({
            quiet: quietMilliseconds,
            cap: capMilliseconds,
            deliver: (batch) => {
                this.#deliver(entry, batch);
            },
        });
        const watcher = vscode.workspace.createFileSystemWatcher(
            new vscode.RelativePattern(entry.context, '**'),
        );
        const updated = (uri: vscode.Uri): void => {
            if (takes(entry, uri)) coalescer.add(uri.fsPath, 'updated');
        };
        watcher.onDidChange(updated);
        watcher.onDidCreate(updated);
        watcher.onDidDelete((uri) => {
            if (takes(entry, uri)) coalescer.add(uri.fsPath, 'deleted');
        });
        this.#watched.set(entry, { watcher, coalescer });
    }

    #unwatch(entry: SessionEntry): void {
        const watched = this.#watched.get(entry);
        watched?.watcher.dispose();
        watched?.coalescer.dispose();
        this.#watched.delete(entry);
    }

    /** Only now is it looked at: meanwhile the news of a save may have come. */
    #deliver(entry: SessionEntry, { updated, deleted }: Batch): void {
        const taken = this.#takenBy(entry);
        for (const path of deleted) taken.forget(path);
        const batch = { updated: updated.filter((path) => taken.take(path)), deleted };
        if (batch.updated.length + deleted.length === 0) return;
        this.#pusher.pushInBackground(entry, batch, reasonOf(batch));
    }

    #takenBy(entry: SessionEntry): TakenFiles {
        const known = this.#taken.get(entry);
        if (known !== undefined) return known;
        const made = new TakenFiles();
        this.#taken.set(entry, made);
        return made;
    }
}

/** Whether a change is this session's business now. One in a pause is noted, for its end. */
function takes(entry: SessionEntry, uri: vscode.Uri): boolean {
    if (entry.live === null || !isInside(uri, entry.context)) return false;
    if (settingsFor(uri).pushOn !== 'save' || !entry.live.isRelevant(uri.fsPath)) return false;
    if (entry.paused) entry.hold(vscode.workspace.asRelativePath(uri));
    return !entry.paused;
}

function reasonOf({ updated, deleted }: Batch): string {
    const [first] = [...updated, ...deleted];
    const count = updated.length + deleted.length;
    return first !== undefined && count === 1
        ? vscode.l10n.t('changed {0}', vscode.workspace.asRelativePath(first))
        : vscode.l10n.t('{0} files changed', count);
}

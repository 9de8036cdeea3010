/**
 * Turns changes of files into pushes. A save is pushed at once. What other programs write is
 * gathered first; the watcher's echo of a save that was pushed already is dropped.
 */
import * as vscode from 'vscode';
import { isInside } from '../sessions/paths.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { settingsFor } from '../settings.js';
import { Coalescer, type Batch } from './coalescer.js';
import type { Pusher } from './pusher.js';

const quietMilliseconds = 40;
const capMilliseconds = 250;

interface Watched {
    readonly watcher: vscode.FileSystemWatcher;
    readonly coalescer: Coalescer;
}

export class PushOnChange implements vscode.Disposable {
    readonly #watched = new Map<SessionEntry, Watched>();
    /** Saved files → the time of change that their push has seen. */
    readonly #saved = new Map<string, Promise<number | null>>();
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
            if (!takes(entry, uri)) continue;
            this.#saved.set(uri.toString(), timeOfChange(uri));
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
                void this.#deliver(entry, batch);
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

    /** Echoes are dropped only here: a watcher is often quicker than the news of a save. */
    async #deliver(entry: SessionEntry, { updated, deleted }: Batch): Promise<void> {
        const echoes = await Promise.all(
            updated.map((path) => this.#isEcho(vscode.Uri.file(path))),
        );
        const batch = { updated: updated.filter((_, index) => echoes[index] !== true), deleted };
        if (batch.updated.length + deleted.length === 0) return;
        this.#pusher.pushInBackground(entry, batch, reasonOf(batch));
    }

    async #isEcho(uri: vscode.Uri): Promise<boolean> {
        const saved = this.#saved.get(uri.toString());
        if (saved === undefined) return false;
        const [pushed, now] = await Promise.all([saved, timeOfChange(uri)]);
        return pushed !== null && pushed === now;
    }
}

/** Whether a change is this session's business, and wanted without being asked for. */
function takes(entry: SessionEntry, uri: vscode.Uri): boolean {
    return (
        entry.live !== null &&
        !entry.paused &&
        isInside(uri, entry.context) &&
        settingsFor(uri).pushOn === 'save' &&
        entry.live.isRelevant(uri.fsPath)
    );
}

function reasonOf({ updated, deleted }: Batch): string {
    const [first] = [...updated, ...deleted];
    const count = updated.length + deleted.length;
    return first !== undefined && count === 1
        ? vscode.l10n.t('changed {0}', vscode.workspace.asRelativePath(first))
        : vscode.l10n.t('{0} files changed', count);
}

async function timeOfChange(uri: vscode.Uri): Promise<number | null> {
    try {
        return (await vscode.workspace.fs.stat(uri)).mtime;
    } catch {
        return null;
    }
}

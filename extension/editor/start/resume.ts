/**
 * After a reload of the window, or in another browser, its sessions are taken up again where they
 * were. Which Dockerfiles have one is kept in a file, so that a window without any asks Docker
 * nothing; a window's own memory would stay in its browser.
 */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { connectHost } from '../engine.js';
import { log } from '../log.js';
import type { Starter } from './start.js';
import { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';

export class SessionMemory {
    readonly #file: vscode.Uri;
    #kept: readonly string[] = [];
    #writing: Promise<void> = Promise.resolve();

    /** `folder` is the extension's own; each workspace has a file there. */
    constructor(folder: vscode.Uri) {
        const folders = vscode.workspace.workspaceFolders ?? [];
        const workspace = folders.map(({ uri }) => uri.toString()).join('\n');
        const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16);
        this.#file = vscode.Uri.joinPath(folder, `sessions-${name}.json`);
    }

    async read(): Promise<readonly string[]> {
        try {
            const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#file));
            const kept: unknown = JSON.parse(text);
            const isText = (path: unknown): path is string => typeof path === 'string';
            this.#kept = Array.isArray(kept) ? kept.filter(isText) : [];
        } catch {
            // There was no session yet, or the file is of another making.
            this.#kept = [];
        }
        return this.#kept;
    }

    /** Follows what becomes of the sessions from now on. */
    follow(sessions: Sessions): vscode.Disposable {
        return sessions.onDidChange(() => {
            if (sessions.all.some((entry) => entry.state === 'starting')) return;
            const live = sessions.all.filter((entry) => entry.live !== null);
            this.#keep(live.map((entry) => entry.dockerfile.fsPath));
        });
    }

    #keep(paths: readonly string[]): void {
        if (paths.join('\n') === this.#kept.join('\n')) return;
        this.#kept = paths;
        const bytes = new TextEncoder().encode(JSON.stringify(paths));
        this.#writing = this.#writing
            .then(() => vscode.workspace.fs.writeFile(this.#file, bytes))
            .catch((error: unknown) => {
                log().warn(`sessions are not remembered: ${String(error)}`);
            });
    }
}

export async function takeUpSessions(starter: Starter, paths: readonly string[]): Promise<void> {
    if (paths.length === 0 || !vscode.workspace.isTrusted) return;
    try {
        const { frontEnd, docker } = await connectHost();
        for (const found of await frontEnd.findSessions(docker, paths)) {
            const entry = new SessionEntry(
                vscode.Uri.file(found.dockerfile),
                vscode.Uri.file(found.context),
            );
            await starter.open(
                entry,
                (_print, signal) => frontEnd.resumeSession(docker, found, signal),
                true,
            );
        }
    } catch (error) {
        // Nobody asked for anything yet: Start will say what is wrong, if it still is.
        log().warn(`sessions were not taken up: ${String(error)}`);
    }
}

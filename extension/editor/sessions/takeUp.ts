/** After a reload of the window, its sessions are taken up again where they were. */
import * as vscode from 'vscode';
import { connectHost } from '../host.js';
import { log } from '../log.js';
import type { Starter } from '../start/start.js';
import { SessionEntry } from './sessionEntry.js';
import type { Sessions } from './sessions.js';

const memoryKey = 'livepush.dockerfiles';

/** Remembers which Dockerfiles have a session, so that a window without any asks Docker nothing. */
export function rememberSessions(sessions: Sessions, memory: vscode.Memento): vscode.Disposable {
    return sessions.onDidChange(() => {
        const live = sessions.all.filter((entry) => entry.live !== null);
        const starting = sessions.all.some((entry) => entry.state === 'starting');
        if (starting) return;
        const paths = live.map((entry) => entry.dockerfile.fsPath);
        if (paths.join('\n') === remembered(memory).join('\n')) return;
        void memory.update(memoryKey, paths);
    });
}

function remembered(memory: vscode.Memento): readonly string[] {
    return memory.get<readonly string[]>(memoryKey, []);
}

export async function takeUpSessions(starter: Starter, memory: vscode.Memento): Promise<void> {
    const paths = remembered(memory);
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

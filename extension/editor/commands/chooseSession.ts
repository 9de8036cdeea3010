/** Which session a command means: the one it was called on, the one at hand, or a person's choice. */
import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { stateIcon } from '../sessions/stateLabel.js';

/** What the tree view hands to the commands of its items. */
export interface HasSession {
    readonly sessionKey: string;
}

export async function chooseSession(
    sessions: Sessions,
    argument: unknown,
): Promise<SessionEntry | null> {
    const named = sessionOf(sessions, argument);
    if (named !== undefined) return named;
    const [only, ...others] = sessions.all;
    if (only === undefined) {
        await offerStart();
        return null;
    }
    if (others.length === 0) return only;
    const active = vscode.window.activeTextEditor?.document.uri;
    const ofEditor = active === undefined ? undefined : sessions.of(active).at(-1);
    return ofEditor ?? pickSession(sessions);
}

function sessionOf(sessions: Sessions, argument: unknown): SessionEntry | undefined {
    if (argument instanceof vscode.Uri) {
        return sessions.withDockerfile(argument) ?? sessions.of(argument).at(-1);
    }
    if (typeof argument === 'object' && argument !== null && 'sessionKey' in argument) {
        return sessions.get(String(argument.sessionKey));
    }
    return undefined;
}

/** A walkthrough or a key binding offers commands before there is anything to do them to. */
async function offerStart(): Promise<void> {
    const start = vscode.l10n.t('Start');
    const answer = await vscode.window.showInformationMessage(
        vscode.l10n.t('There is no session yet.'),
        start,
    );
    if (answer === start) await vscode.commands.executeCommand(commands.start);
}

async function pickSession(sessions: Sessions): Promise<SessionEntry | null> {
    const { current } = sessions;
    const chosen = await vscode.window.showQuickPick(
        sessions.all.map((entry) => {
            const { name, dockerfile, state, label } = entry.view();
            return {
                label: `$(${stateIcon(state)}) ${name}`,
                description: dockerfile,
                detail: entry === current ? vscode.l10n.t('{0}, last used', label) : label,
                entry,
            };
        }),
        { placeHolder: vscode.l10n.t('Which session?'), matchOnDescription: true },
    );
    return chosen?.entry ?? null;
}

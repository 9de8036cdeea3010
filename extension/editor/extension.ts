/**
 * Livepush in VS Code. Activation only registers: the host, the core and all that they bring are
 * loaded when something needs them.
 */
import * as vscode from 'vscode';
import { registerActionsMenu } from './commands/actionsMenu.js';
import { registerReports } from './commands/planAndVerify.js';
import { Reports } from './commands/reports.js';
import { registerSelectContext } from './commands/selectContext.js';
import { registerSessionCommands } from './commands/sessionCommands.js';
import { ProjectLenses } from './compose/projectLenses.js';
import { Projects } from './compose/projects.js';
import { commands, contextKeys } from './contributions.js';
import { recordSessionsIn } from './engine.js';
import { Notifier } from './errors/notifier.js';
import { registerLanguageFeatures } from './language/register.js';
import { disposeLog, log } from './log.js';
import { DockerfileChanges } from './changes/dockerfileChanges.js';
import { Pusher } from './sessions/pushRunner.js';
import { PushOnChange } from './changes/pushOnChange.js';
import type { SessionEntry } from './sessions/sessionEntry.js';
import { Sessions, setContext } from './sessions/sessions.js';
import { settingsFor } from './settings.js';
import { SessionMemory, takeUpSessions } from './start/resume.js';
import { Starter, type StartChoices } from './start/start.js';
import { Gutter } from './views/gutter.js';
import { PanelView } from './views/panelView.js';
import { SessionTree } from './views/sessionTree.js';
import { StatusBar } from './views/statusBar.js';
import { StepProblems } from './views/stepProblems.js';
import type { LivepushErrorShape } from '../host/api.js';
import { panelTabs } from '../protocol/messages.js';

let leave: () => Promise<unknown> = () => Promise.resolve();

/** Sessions of the window can be taken up again, so their containers stay, and nothing else does. */
export async function deactivate(): Promise<void> {
    await leave();
}

export function activate(context: vscode.ExtensionContext): void {
    const begun = performance.now();
    recordSessionsIn(vscode.Uri.joinPath(context.globalStorageUri, 'host').fsPath);
    const sessions = new Sessions();
    const panel = new PanelView(context.extensionUri, sessions);
    const notifier = new Notifier((dockerfile) => panel.tells(dockerfile));
    const pusher = new Pusher(notifier);
    const starter = new Starter(sessions, notifier);
    const projects = new Projects(sessions, notifier);
    leave = () => Promise.allSettled([projects.leave(), sessions.leave()]);
    const reports = new Reports();
    context.subscriptions.push(
        sessions,
        projects,
        new ProjectLenses(projects),
        panel,
        reports,
        new StatusBar(sessions),
        new SessionTree(sessions),
        new Gutter(context.extensionUri, sessions),
        new StepProblems(sessions),
        new PushOnChange(sessions, pusher),
        new DockerfileChanges(sessions),
        ...registerSessionCommands({ sessions, notifier, pusher }),
        ...registerReports(sessions, notifier, reports),
        ...registerLanguageFeatures(sessions),
        ...registerViewCommands(starter, panel),
        registerActionsMenu(sessions),
        registerSelectContext(notifier),
        sessions.onDidMeetProblem(([entry, error]) => {
            void tellProblem(entry, error, panel, notifier);
        }),
        sessions.onDidChange((entry) => {
            if (entry?.state === 'live') notifier.withdraw(entry.dockerfile);
        }),
        { dispose: disposeLog },
    );
    setContext(contextKeys.active, true);
    void takeUpAndRemember(context, sessions, starter);
    log().info(`activated in ${(performance.now() - begun).toFixed(1)} ms`);
}

/** The panel comes to the front where it may, and shows what an application printed last. */
async function tellProblem(
    entry: SessionEntry,
    error: LivepushErrorShape,
    panel: PanelView,
    notifier: Notifier,
): Promise<void> {
    const { reveal } = settingsFor(entry.dockerfile);
    if (reveal !== 'never' && error.code !== 'cancelled') {
        await panel.show(error.code === 'container-died' ? 'log' : undefined, entry);
    }
    await notifier.showBackground(error, entry);
}

/** What was kept is read before what becomes of the sessions overwrites it. */
async function takeUpAndRemember(
    context: vscode.ExtensionContext,
    sessions: Sessions,
    starter: Starter,
): Promise<void> {
    const memory = new SessionMemory(context.globalStorageUri);
    const kept = await memory.read();
    context.subscriptions.push(memory.follow(sessions));
    await takeUpSessions(starter, kept);
}

function registerViewCommands(starter: Starter, panel: PanelView): vscode.Disposable[] {
    const register = vscode.commands.registerCommand;
    const start = (uri: unknown, choices?: StartChoices): Promise<void> =>
        starter.start(uri instanceof vscode.Uri ? uri : undefined, choices);
    return [
        register(commands.start, start),
        register(commands.startDockerfile, start),
        register(commands.attach, (uri: unknown) => start(uri, { attach: true })),
        register(commands.showPanel, (tab: unknown) =>
            panel.show(panelTabs.find((known) => known === tab)),
        ),
        register(commands.showLog, () => {
            log().show();
        }),
        register(commands.clearOutput, () => {
            panel.clear();
        }),
        register(commands.findInOutput, () => {
            panel.find();
        }),
    ];
}

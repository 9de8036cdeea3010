/**
 * The editor's side of the panel view. All state lives here, so the page can go and come back: it
 * is sent a snapshot, and after that what is new, gathered for a frame.
 */
import * as vscode from 'vscode';
import { commands, views } from '../contributions.js';
import { openAt } from '../openAt.js';
import {
    readFromPanel,
    type FromPanel,
    type OutputChunk,
    type PanelCommand,
    type PanelTab,
    type RecordView,
    type ToPanel,
} from '../../protocol/messages.js';
import type { Record } from '../sessions/operation.js';
import type { SessionEntry } from '../sessions/sessionEntry.js';
import type { Sessions } from '../sessions/sessions.js';
import { remediesFor } from '../errors/remedies.js';
import { panelHtml } from './panelHtml.js';
import { joined, outputOf, plainBytes } from './panelOutput.js';

/** Long enough to gather a burst of output, too short to be noticed. */
const frameMilliseconds = 16;
/** A view that VS Code is asked for comes at once; if it does not, nothing waits for it. */
const showMilliseconds = 2000;

const commandOf: Readonly<globalThis.Record<PanelCommand, string>> = {
    start: commands.start,
    trust: 'workbench.trust.manage',
    push: commands.push,
    retry: commands.retry,
    cancel: commands.cancel,
    pause: commands.pause,
    resume: commands.resume,
    restart: commands.restart,
    rebuild: commands.rebuild,
    startAgain: commands.rebuild,
    stop: commands.stop,
    openAddress: commands.openAddress,
};

export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
    readonly #extension: vscode.Uri;
    readonly #sessions: Sessions;
    readonly #listeners: vscode.Disposable[];
    #view: vscode.WebviewView | null = null;
    #ready = false;
    #selected: SessionEntry | null = null;
    #wantedTab: PanelTab | null = null;
    /** The session that was shown before a reload, until it is there again. */
    #wantedKey: string | null = null;
    readonly #visible = new vscode.EventEmitter<undefined>();
    #frame: NodeJS.Timeout | null = null;
    #sessionsChanged = false;
    readonly #records = new Map<number, Record>();
    #output: OutputChunk[] = [];
    #log: Uint8Array[] = [];

    constructor(extension: vscode.Uri, sessions: Sessions) {
        this.#extension = extension;
        this.#sessions = sessions;
        this.#listeners = [
            vscode.window.registerWebviewViewProvider(views.panel, this),
            vscode.workspace.onDidGrantWorkspaceTrust(() => this.#snapshot()),
            sessions.onDidChange(() => {
                this.#onSessions();
            }),
            sessions.onDidRecord(([entry, record]) => {
                // What begins is what a person waits for, unless what is shown is itself at work.
                const begins = entry.state === 'pushing' && this.#selected?.state !== 'pushing';
                if (entry !== this.#selected && begins) this.#select(entry);
                if (entry !== this.#selected) return;
                this.#records.set(record.number, record);
                this.#schedule();
            }),
            sessions.onDidPrint(([entry, output]) => {
                if (entry !== this.#selected) return;
                this.#output.push(output);
                this.#schedule();
            }),
            sessions.onDidLog(([entry, data]) => {
                if (entry !== this.#selected) return;
                this.#log.push(data);
                this.#schedule();
            }),
        ];
    }

    resolveWebviewView(view: vscode.WebviewView): void {
        this.#view = view;
        this.#ready = false;
        const dist = vscode.Uri.joinPath(this.#extension, 'dist');
        view.webview.options = { enableScripts: true, localResourceRoots: [dist] };
        view.webview.onDidReceiveMessage((message: unknown) => {
            const known = readFromPanel(message);
            if (known !== null) void this.#receive(known);
        });
        view.onDidChangeVisibility(() => {
            if (view.visible) this.#visible.fire(undefined);
        });
        view.onDidDispose(() => {
            this.#view = null;
            this.#ready = false;
        });
        view.webview.html = panelHtml(view.webview, dist);
        if (view.visible) this.#visible.fire(undefined);
    }

    /** Whether a person sees here what happens to a Dockerfile's session. */
    tells(dockerfile: vscode.Uri): boolean {
        if (this.#view?.visible !== true) return false;
        return this.#selected?.dockerfile.toString() === dockerfile.toString();
    }

    async show(tab?: PanelTab, entry?: SessionEntry): Promise<void> {
        if (entry !== undefined) this.#select(entry);
        if (this.#ready && tab !== undefined) this.#post({ type: 'show', tab, gently: false });
        else this.#wantedTab = tab ?? null;
        await vscode.commands.executeCommand(`${views.panel}.focus`, { preserveFocus: true });
        await this.#becomesVisible();
    }

    /** Shows a tab of a session where no other was chosen. */
    suggest(tab: PanelTab, entry: SessionEntry): void {
        if (entry === this.#selected) this.#post({ type: 'show', tab, gently: true });
    }

    async #becomesVisible(): Promise<void> {
        if (this.#view?.visible === true) return;
        await new Promise<void>((resolve) => {
            const end = (): void => {
                clearTimeout(timer);
                listener.dispose();
                resolve();
            };
            const timer = setTimeout(end, showMilliseconds);
            const listener = this.#visible.event(end);
        });
    }

    find(): void {
        this.#post({ type: 'find' });
    }

    clear(): void {
        this.#selected?.clear();
        this.#snapshot();
    }

    dispose(): void {
        for (const listener of this.#listeners) listener.dispose();
        this.#visible.dispose();
        if (this.#frame !== null) clearTimeout(this.#frame);
    }

    async #receive(message: FromPanel): Promise<void> {
        switch (message.type) {
            case 'ready':
                this.#ready = true;
                this.#wantedKey ??= this.#selected === null ? message.selected : null;
                this.#select(this.#selected ?? this.#sessions.current);
                if (this.#wantedTab !== null) {
                    this.#post({ type: 'show', tab: this.#wantedTab, gently: false });
                }
                this.#wantedTab = null;
                return;
            case 'select':
                this.#select(this.#sessions.get(message.key) ?? null);
                return;
            case 'open':
                if (this.#selected !== null) await openAt(this.#selected.dockerfile, message.line);
                return;
            case 'run':
                await vscode.commands.executeCommand(
                    commandOf[message.command],
                    this.#selected === null ? undefined : { sessionKey: this.#selected.key },
                );
                return;
            case 'remedy':
                await this.#remedy(message.record, message.at);
                return;
            case 'copy':
                await vscode.env.clipboard.writeText(message.text);
        }
    }

    /** Does what a button of a failure says. */
    async #remedy(record: number | null, at: number): Promise<void> {
        const entry = this.#selected;
        if (entry === null) return;
        const failed = entry.records.find(({ number }) => number === record);
        const error = record === null ? entry.problem : (failed?.failure ?? null);
        if (error !== null) await remediesFor(error, entry)[at]?.run();
    }

    #onSessions(): void {
        const { all, current } = this.#sessions;
        const gone = this.#selected !== null && !all.includes(this.#selected);
        const newest = all.at(-1) ?? null;
        const wanted = this.#sessions.get(this.#wantedKey);
        if (wanted !== undefined) {
            this.#wantedKey = null;
            this.#select(wanted);
        } else if (gone || this.#selected === null) this.#select(current);
        else if (newest?.state === 'starting' && newest !== this.#selected) this.#select(newest);
        this.#sessionsChanged = true;
        this.#schedule();
    }

    #select(entry: SessionEntry | null): void {
        this.#selected = entry;
        this.#snapshot();
    }

    #snapshot(): void {
        this.#forgetPending();
        const entry = this.#selected;
        this.#post({
            type: 'snapshot',
            sessions: this.#sessions.all.map((session) => session.view()),
            selected: entry?.key ?? null,
            trusted: vscode.workspace.isTrusted,
            records: entry?.records.map((record) => recordView(entry, record)) ?? [],
            output: entry?.records.flatMap(outputOf) ?? [],
            log: plainBytes(entry?.log.chunks.map((chunk) => chunk.data) ?? []),
        });
    }

    #schedule(): void {
        if (!this.#ready || this.#frame !== null) return;
        this.#frame = setTimeout(() => {
            this.#frame = null;
            this.#flush();
        }, frameMilliseconds);
    }

    /** Records first: output belongs to steps that the page has to know. */
    #flush(): void {
        if (this.#sessionsChanged) {
            this.#post({ type: 'sessions', sessions: this.#sessions.all.map((one) => one.view()) });
        }
        const entry = this.#selected;
        for (const record of this.#records.values()) {
            if (entry === null) break;
            this.#post({ type: 'record', record: recordView(entry, record) });
        }
        if (this.#output.length > 0) this.#post({ type: 'output', chunks: joined(this.#output) });
        if (this.#log.length > 0) this.#post({ type: 'log', data: plainBytes(this.#log) });
        this.#forgetPending();
    }

    #forgetPending(): void {
        this.#sessionsChanged = false;
        this.#records.clear();
        this.#output = [];
        this.#log = [];
    }

    #post(message: ToPanel): void {
        if (this.#ready) void this.#view?.webview.postMessage(message);
    }
}

function recordView(entry: SessionEntry, record: Record): RecordView {
    return record.view(record.failure === null ? [] : entry.remediesFor(record.failure));
}

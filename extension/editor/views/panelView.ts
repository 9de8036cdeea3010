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
import { panelHtml } from './panelHtml.js';

/** Long enough to gather a burst of output, too short to be noticed. */
const frameMilliseconds = 16;

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
        view.onDidDispose(() => {
            this.#view = null;
            this.#ready = false;
        });
        view.webview.html = panelHtml(view.webview, dist);
    }

    async show(tab?: PanelTab, entry?: SessionEntry): Promise<void> {
        if (entry !== undefined) this.#select(entry);
        if (this.#ready && tab !== undefined) this.#post({ type: 'show', tab });
        else this.#wantedTab = tab ?? null;
        await vscode.commands.executeCommand(`${views.panel}.focus`, { preserveFocus: true });
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
        if (this.#frame !== null) clearTimeout(this.#frame);
    }

    async #receive(message: FromPanel): Promise<void> {
        switch (message.type) {
            case 'ready':
                this.#ready = true;
                this.#select(this.#selected ?? this.#sessions.current);
                if (this.#wantedTab !== null) this.#post({ type: 'show', tab: this.#wantedTab });
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
            case 'copy':
                await vscode.env.clipboard.writeText(message.text);
                return;
            case 'clear':
                this.clear();
        }
    }

    #onSessions(): void {
        const { all, current } = this.#sessions;
        const gone = this.#selected !== null && !all.includes(this.#selected);
        const newest = all.at(-1) ?? null;
        if (gone || this.#selected === null) this.#select(current);
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
            records: entry?.records.map((record) => record.view()) ?? [],
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
        const views: RecordView[] = [...this.#records.values()].map((record) => record.view());
        for (const record of views) this.#post({ type: 'record', record });
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

function outputOf(record: Record): OutputChunk[] {
    return joined(
        record.output.chunks.map(({ tag, data }) => ({ record: record.number, step: tag, data })),
    );
}

/** Neighbours of the same step as one: a message of a thousand parts costs more than its bytes. */
function joined(chunks: readonly OutputChunk[]): OutputChunk[] {
    const groups: { record: number; step: string | null; parts: Uint8Array[] }[] = [];
    for (const { record, step, data } of chunks) {
        const last = groups.at(-1);
        if (last?.record === record && last.step === step) last.parts.push(data);
        else groups.push({ record, step, parts: [data] });
    }
    return groups.map(({ record, step, parts }) => ({ record, step, data: plainBytes(parts) }));
}

/** One Uint8Array: a Buffer, as Docker's streams give, would cross to the page as a list of numbers. */
function plainBytes(parts: readonly Uint8Array[]): Uint8Array {
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
    }
    return bytes;
}

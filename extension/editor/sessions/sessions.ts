/** All sessions of this window, and which of them a command without an argument means. */
import * as vscode from 'vscode';
import { contextKeys } from '../contributions.js';
import type { Output, SessionEntry } from './sessionEntry.js';
import type { Record } from './operation.js';
import type { LivepushErrorShape } from '../../host/api.js';
import { isInside } from './paths.js';

export class Sessions implements vscode.Disposable {
    readonly #entries = new Map<string, SessionEntry>();
    readonly #changed = new vscode.EventEmitter<SessionEntry | null>();
    readonly #recorded = new vscode.EventEmitter<readonly [SessionEntry, Record]>();
    readonly #printed = new vscode.EventEmitter<readonly [SessionEntry, Output]>();
    readonly #logged = new vscode.EventEmitter<readonly [SessionEntry, Uint8Array]>();
    readonly #problem = new vscode.EventEmitter<readonly [SessionEntry, LivepushErrorShape]>();
    /** A session came, went or is in another state. */
    readonly onDidChange = this.#changed.event;
    readonly onDidRecord = this.#recorded.event;
    readonly onDidPrint = this.#printed.event;
    readonly onDidLog = this.#logged.event;
    readonly onDidMeetProblem = this.#problem.event;
    readonly #editorListener: vscode.Disposable;
    #lastUsed: string | null = null;

    constructor() {
        this.#editorListener = vscode.window.onDidChangeActiveTextEditor(() => {
            this.#announce(null);
        });
    }

    get all(): readonly SessionEntry[] {
        return [...this.#entries.values()];
    }

    /** The session of the file at hand; else the one last used. */
    get current(): SessionEntry | null {
        const uri = vscode.window.activeTextEditor?.document.uri;
        const ofEditor = uri === undefined ? undefined : this.of(uri).at(-1);
        return ofEditor ?? this.get(this.#lastUsed) ?? this.all.at(-1) ?? null;
    }

    get(key: string | null): SessionEntry | undefined {
        return key === null ? undefined : this.#entries.get(key);
    }

    /** Sessions whose Dockerfile or build context a file belongs to. */
    of(uri: vscode.Uri): readonly SessionEntry[] {
        return this.all.filter(
            (entry) =>
                entry.dockerfile.toString() === uri.toString() || isInside(uri, entry.context),
        );
    }

    withDockerfile(uri: vscode.Uri): SessionEntry | undefined {
        return this.all.find((entry) => entry.dockerfile.toString() === uri.toString());
    }

    add(entry: SessionEntry): void {
        this.#entries.set(entry.key, entry);
        this.#lastUsed = entry.key;
        entry.onDidChange(() => {
            this.#announce(entry);
        });
        entry.onDidRecord((record) => {
            this.#recorded.fire([entry, record]);
        });
        entry.onDidPrint((output) => {
            this.#printed.fire([entry, output]);
        });
        entry.onDidLog((data) => {
            this.#logged.fire([entry, data]);
        });
        entry.onDidMeetProblem((error) => {
            this.#problem.fire([entry, error]);
        });
        this.#announce(entry);
    }

    use(entry: SessionEntry): void {
        this.#lastUsed = entry.key;
        this.#announce(entry);
    }

    remove(entry: SessionEntry): void {
        // Another session of the same Dockerfile may have taken its place.
        if (this.#entries.get(entry.key) !== entry) return;
        this.#entries.delete(entry.key);
        this.#announce(null);
        entry.dispose();
    }

    /** Before the window is closed; VS Code does not wait for long. */
    async leave(): Promise<void> {
        await Promise.allSettled(this.all.map(async ({ live }) => live?.leave()));
    }

    dispose(): void {
        this.#editorListener.dispose();
        for (const entry of this.#entries.values()) entry.dispose();
        for (const emitter of [this.#changed, this.#recorded, this.#printed, this.#logged]) {
            emitter.dispose();
        }
        this.#problem.dispose();
    }

    #announce(entry: SessionEntry | null): void {
        setContext(contextKeys.hasSessions, this.#entries.size > 0);
        setContext(contextKeys.sessionState, this.current?.state ?? 'none');
        this.#changed.fire(entry);
    }
}

const contextValues = new Map<string, unknown>();

/** Sets a context key, but only when it changes: each is a message to the window. */
export function setContext(key: string, value: unknown): void {
    if (contextValues.get(key) === value) return;
    contextValues.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
}

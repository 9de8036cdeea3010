/** As much of VS Code's API as pushing on change needs, driven by a test. */
import { basename } from 'node:path';

export class EventEmitter<T> {
    #listeners: ((value: T) => void)[] = [];

    readonly event = (listener: (value: T) => void): { dispose: () => void } => {
        this.#listeners.push(listener);
        const dispose = (): void => {
            this.#listeners = this.#listeners.filter((one) => one !== listener);
        };
        return { dispose };
    };

    fire(value: T): void {
        for (const listener of this.#listeners) listener(value);
    }
}

export class Uri {
    readonly scheme = 'file';
    readonly authority = '';
    readonly fsPath: string;

    private constructor(path: string) {
        this.fsPath = path;
    }

    static file(path: string): Uri {
        return new Uri(path);
    }

    toString(): string {
        return `file://${this.fsPath}`;
    }
}

export class RelativePattern {
    readonly baseUri: Uri;
    readonly pattern: string;

    constructor(baseUri: Uri, pattern: string) {
        this.baseUri = baseUri;
        this.pattern = pattern;
    }
}

/** What happens to files, as VS Code tells of it. */
export const happened = {
    saved: new EventEmitter<{ readonly uri: Uri }>(),
    changed: new EventEmitter<Uri>(),
    created: new EventEmitter<Uri>(),
    deleted: new EventEmitter<Uri>(),
};

export const workspace = {
    onDidSaveTextDocument: happened.saved.event,
    onDidSaveNotebookDocument: new EventEmitter<{ readonly uri: Uri }>().event,
    createFileSystemWatcher: () => ({
        onDidChange: happened.changed.event,
        onDidCreate: happened.created.event,
        onDidDelete: happened.deleted.event,
        dispose: () => undefined,
    }),
    getConfiguration: () => ({ get: (_name: string, otherwise?: unknown) => otherwise }),
    asRelativePath: (path: string | Uri) => basename(typeof path === 'string' ? path : path.fsPath),
};

export const l10n = {
    t: (text: string, ...values: unknown[]) =>
        text.replace(/\{(\d)\}/gu, (_, at) => String(values[Number(at)])),
};

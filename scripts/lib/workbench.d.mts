import type { Browser, LaunchOptions, Page } from 'playwright-core';

export interface VscodeOptions {
    /** Where it keeps its state: a temporary folder unless given. */
    readonly home?: string;
    readonly port?: number;
    /** A packed extension to install. */
    readonly vsix?: string;
    /** Added to the user's settings. */
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly keybindings?: readonly { readonly key: string; readonly command: string }[];
    /** Keeps Workspace Trust on. */
    readonly trust?: boolean;
    /** Runs it as `nobody`, to whom these folders are given; takes root. */
    readonly owned?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
}

export interface Vscode {
    readonly address: string;
    readonly home: string;
    readonly logFile: string;
    /** The address that opens a folder. */
    urlOf(folder: string): string;
    close(): Promise<void>;
}

export function startVscode(options?: VscodeOptions): Promise<Vscode>;
export function startBrowser(options?: LaunchOptions): Promise<Browser>;
export function workbenchReady(page: Page): Promise<void>;
export function runCommand(page: Page, title: string): Promise<void>;
export function openFile(page: Page, path: string): Promise<void>;

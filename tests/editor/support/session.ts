/** A window on a copy of a project, in a VS Code with the packed extension. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { cache } from '../../../scripts/lib/run.mjs';
import { askUntil } from '../../../scripts/lib/ask.mjs';
import { startBrowser, startVscode, type Vscode } from '../../../scripts/lib/workbench.mjs';
import { Workbench } from '../pages/workbench.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pictures = join(root, 'out/screenshots');
const run = promisify(execFile);

export interface WindowOptions {
    /** A folder of `examples/`, or the absolute path of another project. */
    readonly project: string;
    /** A file of the project that names the folders to open; without it, the project is the folder. */
    readonly workspace?: string;
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly workspaceSettings?: Readonly<Record<string, unknown>>;
    /** Keeps Workspace Trust on. */
    readonly trust?: boolean;
    readonly theme?: Theme;
    /** Added to the environment of VS Code. */
    readonly env?: Readonly<Record<string, string>>;
    /** Runs VS Code as a user who may nothing in particular; needs root. */
    readonly asNobody?: boolean;
}

interface Look {
    readonly title: string;
    /** The class that the workbench has while it looks so. */
    readonly marker: string;
    readonly counterpart: Theme;
}

type Theme = 'dark' | 'light' | 'high-contrast-dark' | 'high-contrast-light';

const themes: Readonly<Record<Theme, Look>> = {
    dark: { title: 'Dark Modern', marker: '.vs-dark', counterpart: 'light' },
    light: { title: 'Light Modern', marker: '.vs', counterpart: 'dark' },
    'high-contrast-dark': {
        title: 'Default High Contrast',
        marker: '.hc-black',
        counterpart: 'high-contrast-light',
    },
    'high-contrast-light': {
        title: 'Default High Contrast Light',
        marker: '.hc-light',
        counterpart: 'high-contrast-dark',
    },
};

const toggleThemes = 'workbench.action.toggleLightDarkThemes';
/** Turns a dark window light, and a light one dark. */
const otherTheme = { bound: 'ctrl+alt+shift+l', pressed: 'Control+Alt+Shift+L' };

export class TestWindow {
    readonly folder: string;
    readonly #address: string;
    #workbench: Workbench;
    readonly #vscode: Vscode;
    readonly #browser: Browser;
    #theme: Theme;

    private constructor(
        folder: string,
        address: string,
        workbench: Workbench,
        vscode: Vscode,
        browser: Browser,
        theme: Theme,
    ) {
        this.folder = folder;
        this.#address = address;
        this.#workbench = workbench;
        this.#vscode = vscode;
        this.#browser = browser;
        this.#theme = theme;
    }

    static async open(options: WindowOptions): Promise<TestWindow> {
        const parent = mkdtempSync(join(cache, 'editor-'));
        // The folder's name is seen in every picture.
        const folder = join(parent, 'greeter');
        cpSync(resolve(root, 'examples', options.project), folder, { recursive: true });
        const { theme = 'dark', trust, asNobody, workspaceSettings } = options;
        if (workspaceSettings !== undefined) {
            mkdirSync(join(folder, '.vscode'));
            writeFileSync(join(folder, '.vscode/settings.json'), json(workspaceSettings));
        }
        const vscode = await startVscode({
            vsix: join(root, 'out/livepush.vsix'),
            settings: {
                'workbench.colorTheme': themes[theme].title,
                'workbench.preferredDarkColorTheme': themes.dark.title,
                'workbench.preferredLightColorTheme': themes.light.title,
                // Lists that open by themselves would hide what a picture is of.
                'editor.quickSuggestions': false,
                'editor.suggestOnTriggerCharacters': false,
                ...options.settings,
            },
            keybindings: [{ key: otherTheme.bound, command: toggleThemes }],
            ...(options.env === undefined ? {} : { env: options.env }),
            ...(trust === undefined ? {} : { trust }),
            ...(asNobody === true ? { owned: [parent] } : {}),
        });
        const browser = await startBrowser();
        const address = vscode.urlOf(join(folder, options.workspace ?? ''));
        const workbench = await openIn(browser, address);
        return new TestWindow(folder, address, workbench, vscode, browser, theme);
    }

    get workbench(): Workbench {
        return this.#workbench;
    }

    /** Closes the window as a person does; VS Code goes on running. */
    async leave(): Promise<void> {
        await this.#workbench.page.goto('about:blank');
        await this.#workbench.page.close();
    }

    /** Opens the folder in a browser that knows nothing of the window that was left. */
    async openElsewhere(): Promise<Workbench> {
        this.#workbench = await openIn(this.#browser, this.#address);
        return this.#workbench;
    }

    path(...parts: string[]): string {
        return join(this.folder, ...parts);
    }

    /** Kept in out/screenshots, to be looked at. Its name ends with that of the theme. */
    async picture(name: string): Promise<void> {
        mkdirSync(pictures, { recursive: true });
        // A tip under the mouse would hide what the picture is of, and names this machine's folders.
        await this.workbench.page.mouse.move(500, 785);
        const tip = this.workbench.page.locator('.workbench-hover').first();
        await tip.waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined);
        // A notification that only appears is shown as it will be.
        const path = join(pictures, `${name}-${this.#theme}.png`);
        await this.workbench.page.screenshot({ path, animations: 'disabled' });
    }

    /** The same state in the dark and in the light. */
    async pictures(name: string): Promise<void> {
        for (let side = 0; side < 2; side += 1) {
            await this.picture(name);
            await this.#turn();
        }
    }

    /** By a key, so that lists and notifications stay open. */
    async #turn(): Promise<void> {
        const { page } = this.workbench;
        this.#theme = themes[this.#theme].counterpart;
        await page.keyboard.press(otherTheme.pressed);
        await page.locator(`.monaco-workbench${themes[this.#theme].marker}`).waitFor();
    }

    async close(): Promise<void> {
        await this.#browser.close();
        await this.#vscode.close();
        await this.#removeContainers();
        rmSync(join(this.folder, '..'), { recursive: true, force: true, maxRetries: 5 });
    }

    /** Of sessions that a test which failed has not stopped. */
    async #removeContainers(): Promise<void> {
        const format = '{{.ID}} {{.Label "livepush.dockerfile"}}';
        const lines = (await docker('ps', '--all', '--format', format)).split('\n');
        const ours = lines.filter((line) => line.includes(` ${this.folder}/`));
        if (ours.length === 0) return;
        await docker('rm', '--force', ...ours.map((line) => line.split(' ')[0] ?? ''));
    }
}

/** Each page of a browser opened so has a memory of its own. */
async function openIn(browser: Browser, address: string): Promise<Workbench> {
    const page = await browser.newPage({
        viewport: { width: 1280, height: 800 },
        permissions: ['clipboard-read', 'clipboard-write'],
    });
    const workbench = new Workbench(page);
    await workbench.open(address);
    return workbench;
}

export function json(value: unknown): string {
    return `${JSON.stringify(value, null, 4)}\n`;
}

export async function docker(...args: string[]): Promise<string> {
    const { stdout } = await run('/usr/bin/docker', args);
    return stdout.trim();
}

/** The id of the container that has a name now; empty where there is none. */
export function idOf(container: string): Promise<string> {
    return docker('inspect', '--format', '{{.Id}}', container).catch(() => '');
}

/** Where the first published port of a container answers. */
export async function addressOf(container: string): Promise<string> {
    const [first] = (await docker('port', container)).split('\n');
    const address = first?.split(' -> ')[1];
    if (address === undefined) throw new Error(`${container} publishes no port`);
    return address.replace('0.0.0.0', '127.0.0.1');
}

/** Asks a container until its answer contains a text; resolves with how long that took. */
export async function served(container: string, text: string, from: number): Promise<number> {
    const deadline = performance.now() + 120_000;
    for (;;) {
        // While it restarts it has no port, and then it may have another.
        const asked = addressOf(container).then((address) =>
            askUntil(`http://${address}/`, (answer) => answer.includes(text), 5000),
        );
        const problem = await asked.then(() => null, String);
        if (problem === null) return performance.now() - from;
        if (performance.now() > deadline) throw new Error(`never served: ${text}; ${problem}`);
    }
}

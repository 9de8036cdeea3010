/** A window on a copy of a project, in a VS Code with the packed extension. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { askUntil } from '../../../scripts/lib/ask.mjs';
import { startBrowser, startVscode, type Vscode } from '../../../scripts/lib/workbench.mjs';
import { Workbench } from '../pages/workbench.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pictures = join(root, 'out/screenshots');
const run = promisify(execFile);

export interface WindowOptions {
    /** A folder of `examples/`, or the absolute path of another project. */
    readonly project: string;
    readonly settings?: Readonly<Record<string, unknown>>;
    /** Keeps Workspace Trust on. */
    readonly trust?: boolean;
    readonly theme?: 'dark' | 'light' | 'high-contrast';
}

const themes = {
    dark: 'Default Dark Modern',
    light: 'Default Light Modern',
    'high-contrast': 'Default High Contrast',
} as const;

export class TestWindow {
    readonly folder: string;
    readonly workbench: Workbench;
    readonly #vscode: Vscode;
    readonly #browser: Browser;

    private constructor(folder: string, workbench: Workbench, vscode: Vscode, browser: Browser) {
        this.folder = folder;
        this.workbench = workbench;
        this.#vscode = vscode;
        this.#browser = browser;
    }

    static async open(options: WindowOptions): Promise<TestWindow> {
        const parent = mkdtempSync(join(root, '.cache/editor-'));
        // The folder's name is seen in every picture.
        const folder = join(parent, 'greeter');
        cpSync(resolve(root, 'examples', options.project), folder, { recursive: true });
        const vscode = await startVscode({
            vsix: join(root, 'out/livepush.vsix'),
            settings: {
                'workbench.colorTheme': themes[options.theme ?? 'dark'],
                ...options.settings,
            },
            ...(options.trust === undefined ? {} : { trust: options.trust }),
        });
        const browser = await startBrowser();
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        const workbench = new Workbench(page);
        await workbench.open(vscode.urlOf(folder));
        return new TestWindow(folder, workbench, vscode, browser);
    }

    path(...parts: string[]): string {
        return join(this.folder, ...parts);
    }

    /** Kept in out/screenshots, to be looked at. */
    async picture(name: string): Promise<void> {
        mkdirSync(pictures, { recursive: true });
        // A tip under the mouse would hide what the picture is of, and names this machine's folders.
        await this.workbench.page.mouse.move(500, 785);
        const tip = this.workbench.page.locator('.workbench-hover').first();
        await tip.waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined);
        await this.workbench.page.screenshot({ path: join(pictures, `${name}.png`) });
    }

    /** After each test: what a person would have seen when it failed. */
    async pictureOfFailure(test: {
        readonly name: string;
        readonly result?: { readonly state: string };
    }): Promise<void> {
        if (test.result?.state === 'fail') await this.picture(`failure-${test.name}`);
    }

    async close(): Promise<void> {
        await this.#browser.close();
        await this.#vscode.close();
        rmSync(join(this.folder, '..'), { recursive: true, force: true, maxRetries: 5 });
    }
}

export async function docker(...args: string[]): Promise<string> {
    const { stdout } = await run('/usr/bin/docker', args);
    return stdout.trim();
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

/** The example, live in a VS Code that nobody has to look at. */
import { createServer, connect } from 'node:net';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { vsix } from '../package.mjs';
import { askUntil } from './ask.mjs';
import { Problem, root } from './run.mjs';
import { openFile, runCommand, startBrowser, startVscode, workbenchReady } from './workbench.mjs';

/**
 * Opens `folder`, starts its session (or with `compose` its project) as a person would, and
 * resolves when it answers on `port`. `address` is the port on which a person may take the VS Code
 * over.
 */
export async function openExample({ folder, port, address, compose = false }) {
    const settings = compose ? {} : { 'livepush.run.ports': [`127.0.0.1:${port}:8080`] };
    const vscode = await startVscode({ vsix, settings, env: { SHOP_PORT: String(port) } });
    const browser = await startBrowser();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const application = `http://127.0.0.1:${port}/`;
    const door = address === undefined ? null : await openDoor(address, vscode.address, leave);
    const close = async () => {
        door?.close();
        await browser.close();
        await vscode.close();
    };
    try {
        await page.goto(vscode.urlOf(folder));
        await workbenchReady(page);
        await (compose ? startProject(page) : startSession(page));
        await askUntil(application, () => true, 180_000);
        // The application may answer before its session is one that a next window can take over.
        await stateOf(page)
            .filter({ hasText: /^\s*Live\s*$/ })
            .waitFor({ timeout: 60_000 });
    } catch (error) {
        const picture = join(root, 'out/start-failed.png');
        mkdirSync(join(root, 'out'), { recursive: true });
        await page.screenshot({ path: picture }).catch(() => undefined);
        await close();
        throw new Problem(`the example did not become live: ${brief(error)} (see ${picture})`);
    }
    return { application, workbench: door?.urlOf(folder), edit, replace, close };

    /** Puts a line at the end of a file, saves it, and says when the application answers with it. */
    async function edit(path, line) {
        await openFile(page, path);
        await page.keyboard.press('Control+End');
        // At once, as from the clipboard: nothing that VS Code does meanwhile comes between.
        await page.keyboard.insertText(line);
        const saved = performance.now();
        await page.keyboard.press('Control+S');
        await askUntil(application, (text) => text.includes(line), 30_000);
        return performance.now() - saved;
    }

    /** Replaces all text of a file, saves it, and says when the application answers with `answer`. */
    async function replace(path, text, answer) {
        await openFile(page, path);
        await page.keyboard.press('Control+A');
        await page.keyboard.insertText(text);
        const saved = performance.now();
        await page.keyboard.press('Control+S');
        await askUntil(application, (given) => given.includes(answer), 60_000);
        return performance.now() - saved;
    }

    /** A window that is left ends its session's process, so that the next window takes it up. */
    async function leave() {
        await page.goto('about:blank').catch(() => undefined);
        await browser.close();
    }
}

async function startSession(page) {
    await openFile(page, 'Dockerfile');
    await runCommand(page, 'Livepush: Start');
    const run = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Build and Run' });
    // It asks how to start only where there is a container to attach to.
    await run.or(stateOf(page)).first().waitFor({ timeout: 60_000 });
    if (await run.isVisible()) await run.click();
}

async function startProject(page) {
    await openFile(page, 'compose.yaml');
    await runCommand(page, 'Livepush: Start Compose Project');
}

const stateOf = (page) => page.locator('[id="livepush.livepush.session"]');

/**
 * The address that a person is told. Whoever comes first through it takes the session over from the
 * window that started it.
 */
async function openDoor(port, target, leave) {
    let left = null;
    const inner = Number(new URL(target).port);
    const sockets = new Set();
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        socket.once('error', () => socket.destroy());
        left ??= leave();
        void left.then(() => {
            const other = connect(inner, '127.0.0.1');
            other.once('error', () => socket.destroy());
            socket.pipe(other).pipe(socket);
        });
    });
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
    return {
        urlOf: (folder) => `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`,
        close() {
            server.close();
            for (const socket of sockets) socket.destroy();
        },
    };
}

const brief = (error) => String(error.message).split('\n')[0];

/**
 * A VS Code with the packed extension, served on a loopback port, and a browser that shows it.
 * Used by `npm start` and by the tests of the editor.
 */
import { spawn } from 'node:child_process';
import {
    createWriteStream,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium as playwright } from 'playwright-core';
import { chromium, codeServerEntry, node24 } from '../vscode.mjs';
import { cache, output, Problem, quiet } from './run.mjs';

/** Quiet defaults: nothing that a person would have to click away, nothing that phones home. */
const settings = {
    'workbench.startupEditor': 'none',
    'workbench.welcomePage.experimentalOnboarding': false,
    'workbench.tips.enabled': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'chat.agentHost.enabled': false,
    'files.autoSave': 'off',
    'git.openRepositoryInParentFolders': 'never',
    'extensions.ignoreRecommendations': true,
    'npm.fetchOnlinePackageInfo': false,
    'json.schemaDownload.enable': false,
    'typescript.disableAutomaticTypeAcquisition': true,
    'git.autofetch': false,
    // What is typed is what is meant, to the letter.
    'html.autoClosingTags': false,
    'editor.autoClosingBrackets': 'never',
    'editor.autoSurround': 'never',
    'extensions.autoCheckUpdates': false,
    'update.mode': 'none',
    'telemetry.telemetryLevel': 'off',
    'security.workspace.trust.enabled': false,
};

const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check'].concat([
    '--disable-workspace-trust',
    '--disable-getting-started-override',
]);

const browserFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
    .concat(['--disable-background-networking', '--disable-component-update', '--disable-sync'])
    // A window in the background must be as quick as one that is looked at.
    .concat(['--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows']);

/**
 * Starts a VS Code. `settings` are added to the user's settings, `keybindings` are their keys;
 * `trust` keeps Workspace Trust on.
 * `home` is where it keeps its state: a temporary folder unless given. With `owned`, it runs as
 * `nobody`, to whom these folders are given.
 */
export async function startVscode(options = {}) {
    const home = options.home ?? mkdtempSync(join(cache, 'vscode-'));
    const user = join(home, 'data/User');
    mkdirSync(user, { recursive: true });
    const all = { ...settings, ...options.settings };
    if (options.trust) delete all['security.workspace.trust.enabled'];
    writeFileSync(join(user, 'settings.json'), JSON.stringify(all, null, 4));
    if (options.keybindings) {
        writeFileSync(join(user, 'keybindings.json'), JSON.stringify(options.keybindings));
    }
    const folders = ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'ext')];
    const environment = {
        ...process.env,
        // Without a gallery, nothing is looked up outside.
        EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '' }),
        ...options.env,
    };
    // A VS Code that this was started from must not be spoken to.
    for (const name of Object.keys(environment)) {
        if (name.startsWith('VSCODE_')) delete environment[name];
    }
    if (options.vsix) {
        const install = [
            codeServerEntry,
            ...folders,
            '--install-extension',
            options.vsix,
            '--force',
        ];
        await quiet(node24, install, { env: environment });
    }
    const owner = options.owned ? await giveToNobody([home, ...options.owned]) : {};
    const env = options.owned ? { ...environment, HOME: home } : environment;
    const server = await serve([...folders, ...flagsFor(options)], { env, ...owner }, home);
    return {
        address: server.address,
        home,
        logFile: server.logFile,
        /** The address that opens a folder, or the folders that a `.code-workspace` names. */
        urlOf: (path) => {
            const kind = path.endsWith('.code-workspace') ? 'workspace' : 'folder';
            return `${server.address}/?${kind}=${encodeURIComponent(path)}`;
        },
        async close() {
            await server.close();
            if (!options.home) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

function flagsFor(options) {
    const kept = options.trust ? flags.filter((flag) => !flag.includes('trust')) : flags;
    return [...kept, '--bind-addr', `127.0.0.1:${options.port ?? 0}`];
}

/** A user who may nothing in particular; to become one takes root. */
async function giveToNobody(folders) {
    if (process.getuid() !== 0) throw new Problem('another user can be taken by root only');
    await quiet('chown', ['--recursive', 'nobody', ...folders]);
    const id = Number(output('id', ['--user', 'nobody']));
    return { uid: id, gid: id };
}

/** Resolves when the server says on which address it listens. */
function serve(args, options, home) {
    const logFile = join(home, 'server.log');
    const log = createWriteStream(logFile, { flags: 'a' });
    const child = spawn(node24, [codeServerEntry, ...args], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
        // Its own process group, so that ending it ends the extension hosts too.
        detached: true,
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const close = async () => {
        if (child.exitCode === null && child.signalCode === null)
            process.kill(-child.pid, 'SIGTERM');
        await ended;
        await groupGone(child.pid);
    };
    return new Promise((resolve, reject) => {
        let text = '';
        const read = (data) => {
            log.write(data);
            text = (text + data).slice(-4000);
            const address = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
            if (address) resolve({ address, logFile, close });
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.once('error', reject);
        void ended.then(() => reject(new Problem(`VS Code ended at once; its log is ${logFile}`)));
    });
}

/** An extension host may outlive its server by a moment, and make a container in it. */
async function groupGone(leader) {
    const deadline = performance.now() + 10_000;
    while (isAtWork(leader) && performance.now() < deadline) await setTimeout(20);
    if (isAtWork(leader)) process.kill(-leader, 'SIGKILL');
}

/** Whether a process of a group still runs; one that has ended and waits to be noticed does not. */
function isAtWork(leader) {
    return readdirSync('/proc').some((pid) => {
        if (!/^\d+$/.test(pid)) return false;
        // After the name, which may hold anything: state, parent, group.
        const [state, , group] = statOf(pid).split(') ').pop().split(' ');
        return Number(group) === leader && state !== 'Z';
    });
}

function statOf(pid) {
    try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
        return '';
    }
}

/** A headless browser; every window of it is opened with `browser.newPage()`. */
export function startBrowser(options = {}) {
    return playwright.launch({
        executablePath: chromium() ?? undefined,
        args: browserFlags,
        ...options,
    });
}

/** Resolves when the workbench in `page` can be used. */
export async function workbenchReady(page) {
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await page.locator('footer[role="status"], .part.statusbar').first().waitFor();
}

/** Runs a command by its title, as a person does through the palette. */
export async function runCommand(page, title) {
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // An extension's commands come a moment after the window, and the list does not take them in.
    for (let tries = 0; ; tries++) {
        await page.keyboard.press('F1');
        const input = page.locator('.quick-input-widget input[type="text"]').first();
        const patience = { timeout: tries < 10 ? 3000 : 30_000 };
        try {
            // What the command before opens may take the keyboard, which closes the list.
            await input.fill(`>${title}`, patience);
            await row.click(patience);
            return;
        } catch (error) {
            if (tries >= 10) throw error;
            await page.keyboard.press('Escape');
        }
    }
}

/** Opens a file of the folder by its path, as a person does through quick open. */
export async function openFile(page, path) {
    await page.keyboard.press('Control+P');
    const input = page.locator('.quick-input-widget input[type="text"]').first();
    await input.fill(path);
    // The first rows are files opened before, until the search has found what was asked for.
    const [name, ...folders] = path.split('/').reverse();
    const rows = page.locator('.quick-input-list .monaco-list-row', { hasText: name });
    // The row names the folder beside the file.
    const folder = folders.reverse().join('/');
    await rows.filter({ hasText: folder }).first().click();
    // The tab comes before its text, and until then keys go to the file that was open before.
    await page.locator(`.monaco-editor.focused[data-uri$="/${path}"]`).first().waitFor();
}

/**
 * A real VS Code for the tests and for `npm start`: the npm package `code-server`, run by Node 24,
 * in a package of its own in the cache, with Debian's Chromium beside it.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aptInstall } from './lib/apt.mjs';
import { cache, Problem, quiet, say, script } from './lib/run.mjs';

const version = '4.139.1';
const folder = join(cache, `code-server-${version}`);
const runtime = `node-linux-${process.arch}`;

/** The Node that runs it. */
export const node24 = join(folder, 'node_modules', runtime, 'bin/node');
const codeServer = join(folder, 'node_modules/code-server');
/** `code-server` itself: a command line with a web server. */
export const codeServerEntry = join(codeServer, 'out/node/entry.js');
/** The VS Code server inside it, which can run extension tests. */
export const vscodeServerEntry = join(codeServer, 'lib/vscode/out/server-main.js');

const nativePackages = ['g++', 'make', 'python3', 'pkg-config', 'libkrb5-dev', 'libsecret-1-dev'];

export async function ensureVscode() {
    await ensureBrowser();
    if (existsSync(join(folder, 'complete'))) return;
    if (process.platform !== 'linux') {
        throw new Problem('code-server is set up on Linux only; put `code` on PATH instead');
    }
    await aptInstall(nativePackages);
    say('installing VS Code (code-server) into the cache (about 3 minutes)');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const npm = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
    await quiet('npm', [...npm, `${runtime}@24`], { cwd: folder });
    await quiet('npm', [...npm, `code-server@${version}`], { cwd: folder, env: environment() });
    if (!existsSync(join(codeServer, 'lib/vscode/node_modules'))) {
        throw new Problem('code-server was installed without its VS Code; see LIVEPUSH_DEBUG=1');
    }
    writeFileSync(join(folder, 'complete.new'), '');
    renameSync(join(folder, 'complete.new'), join(folder, 'complete'));
}

/** Its native modules are compiled for Node 24, with the headers that came with it. */
function environment() {
    const home = dirname(dirname(node24));
    const outer = { ...process.env };
    // Within `npm start` it names the Node of that npm, which code-server takes for the one in use.
    delete outer.npm_config_user_agent;
    return {
        ...outer,
        PATH: `${dirname(node24)}${delimiter}${process.env.PATH}`,
        npm_config_nodedir: home,
        FORCE_NODE_VERSION: '24',
    };
}

/** Debian's Chromium, which playwright-core drives. */
export async function ensureBrowser() {
    if (chromium() === null) await aptInstall(['chromium'], 'about a minute');
    if (chromium() === null) throw new Problem('no Chromium: install the package chromium');
}

/** Where a Chromium is, or null. */
export function chromium() {
    const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
    return places.find((path) => path !== undefined && existsSync(path)) ?? null;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(ensureVscode);

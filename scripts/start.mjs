/**
 * `npm start`: installs and builds what is missing, then opens an example in VS Code with the
 * extension, live. `npm start -- compose` opens the Compose project among the examples. With
 * `--check`, each edits files as a person would, waits for the new answers, says how long they
 * took, and ends.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build } from './build.mjs';
import { checkProject, downProject } from './lib/composeExample.mjs';
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { docker } from './lib/docker.mjs';
import { cache, has, output, Problem, quiet, root, say, script } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';
import { packExtension, vsix } from './package.mjs';
import { ensureVscode } from './vscode.mjs';

const compose = process.argv.includes('compose');
const example = join(root, compose ? 'examples/compose' : 'examples/node');

async function main() {
    const check = process.argv.includes('--check');
    const begin = performance.now();
    await ensureModules();
    await ensureDocker();
    await ensureImages();
    await build();
    await packExtension();
    if (!check && hasDesktop() && has('code', '--version')) return openInCode();
    await ensureVscode();
    say(`everything is there after ${seconds(begin)} s; opening the example`);
    // These need node_modules, which may have been missing until now.
    const { openExample } = await import('./lib/example.mjs');
    return check ? checkExample(openExample, begin) : keepOpen(openExample);
}

function hasDesktop() {
    return process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
}

/** In a VS Code of the person's own, which asks them how to start. */
async function openInCode() {
    await quiet('code', ['--install-extension', vsix, '--force']);
    const [file, lens] = compose
        ? ['compose.yaml', 'Start Project with Livepush']
        : ['Dockerfile', 'Start Livepush'];
    await quiet('code', [example, '--goto', join(example, file)]);
    say(`VS Code is open with the example: press “${lens}” in ${file}`);
}

async function keepOpen(openExample) {
    const port = await freePort(compose ? 8095 : 8080);
    const address = await freePort(8443);
    const live = await openExample({ folder: example, port, address, compose });
    say(`the example is live: ${live.application}`);
    say(`VS Code is at ${live.workbench}`);
    const sources = compose ? 'examples/compose/shop/src' : 'examples/node/src';
    say(`edit ${sources} and save; press Ctrl+C here to end it all`);
    await new Promise((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
    });
    say('ending');
    await live.close();
    if (compose) downProject(example);
    await tidyUp(port);
}

async function checkExample(openExample, begin) {
    const folder = mkdtempSync(join(cache, 'check-'));
    const port = await freePort(compose ? 8095 : 8080);
    try {
        // A copy, so that the check leaves no edit behind.
        cpSync(example, folder, { recursive: true });
        const live = await openExample({ folder, port, compose });
        try {
            if (compose) await checkProject(live, folder);
            const times = [];
            for (let edit = 1; edit <= 3 && !compose; edit++) {
                times.push(await live.edit('src/page.html', `<p>edit ${edit}, ${Date.now()}</p>`));
            }
            const shown = times.map((time) => `${time.toFixed(0)} ms`).join(', ');
            if (!compose) say(`from the key press that saves to the new answer: ${shown}`);
        } finally {
            await live.close();
        }
        say(`the check passed after ${seconds(begin)} s`);
    } finally {
        if (compose) downProject(folder);
        await tidyUp(port);
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Removes the example's container, known by the port that was chosen for it, and what served it. */
async function tidyUp(port) {
    const filter = ['--filter', `publish=${port}`, '--format', '{{.ID}}'];
    const ids = output(docker(), ['ps', '--all', ...filter]).split('\n');
    for (const id of ids.filter((line) => line !== '')) {
        spawnSync(docker(), ['rm', '--force', '--volumes', id], { stdio: 'ignore' });
    }
    const { cleanUp, connect } = createRequire(import.meta.url)('../dist/livepush.js');
    const connected = await connect();
    // What Docker was asked for last may come when its asker has gone already.
    for (let times = 0; times < 5; times++) {
        if ((await cleanUp(connected)).containers === 0) return;
    }
}

/** The port if nobody listens on it, else another one. */
async function freePort(wanted) {
    for (const port of [wanted, 0]) {
        const free = await new Promise((resolve) => {
            const server = createServer();
            server.once('error', () => resolve(null));
            server.listen(port, '127.0.0.1', () => {
                const found = server.address().port;
                server.close(() => resolve(found));
            });
        });
        if (free !== null) return free;
    }
    throw new Problem('no port of 127.0.0.1 is free');
}

const seconds = (begin) => Math.round((performance.now() - begin) / 1000);

await script(main);

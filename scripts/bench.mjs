/**
 * `npm run bench`: what a push costs, beside npm livepush and the bare API calls that it needs.
 * `npm run bench -- restart` measures the changes with that word in their name,
 * `npm run bench -- core` what the core alone costs, which needs no Docker, and
 * `npm run bench -- --engine containerd` everything on a further engine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { daemonVersion } from './lib/docker.mjs';
import { useEngine } from './lib/engines.mjs';
import { root, say, script } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';
import { cpus } from 'node:os';

async function main() {
    await ensureModules();
    const words = process.argv.slice(2);
    const name = words.includes('--engine') ? words[words.indexOf('--engine') + 1] : undefined;
    const only = words.find((word) => !word.startsWith('--') && word !== name);
    if (only !== 'core') {
        await ensureDocker();
        await ensureImages();
    }
    if (!words.includes('--no-build')) await build();
    const engine = name === undefined ? null : await useEngine(name);
    try {
        await measureAll(only, engine);
    } finally {
        await engine?.release();
    }
}

async function measureAll(only, engine) {
    if (engine !== null) process.env.DOCKER_HOST = engine.host;
    const { measureCore } = await import('../benches/core/run.mjs');
    const core = only === undefined || only === 'core' ? measureCore() : {};
    for (const [name, time] of Object.entries(core)) say(`${name}: ${time.toFixed(1)} ms`);
    if (only === 'core') return;
    const { measure } = await import('../benches/push/run.mjs');
    const { summarise, table } = await import('../benches/push/report.mjs');
    const summary = summarise(await measure(say, only));
    const machine = `${cpus().length} × ${cpus()[0].model}, Docker ${daemonVersion()}`;
    const date = new Date().toISOString().slice(0, 10);
    mkdirSync(join(root, 'out'), { recursive: true });
    const file = join(root, 'out', engine === null ? 'bench.json' : `bench-${engine.name}.json`);
    writeFileSync(file, `${JSON.stringify({ date, machine, core, changes: summary }, null, 4)}\n`);
    process.stdout.write(`\n${table(summary)}\n\n${date}, ${machine}\n`);
    say(`the figures are in ${file}`);
}

await script(main);

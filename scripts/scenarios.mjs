/**
 * The long runs over scenarios: `equivalence`, `compare`, `generated`, `soak`, with options such as
 * `npm run test:generated -- --runs 500 --seed 7`. With `--engine NAME` they run on a further engine.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { useEngine } from './lib/engines.mjs';
import { ensurePython } from './lib/python.mjs';
import { Problem, root, script, show } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';

async function main() {
    const [tool, ...words] = process.argv.slice(2);
    const settings = {};
    for (let i = 0; i < words.length; i += 2) {
        const name = /^--([a-z]+)$/.exec(words[i])?.[1];
        const value = words[i + 1];
        if (name === undefined || value === undefined) {
            throw new Problem(`${words[i]}: options are given as --name value`);
        }
        settings[`LIVEPUSH_${name.toUpperCase()}`] = value;
    }
    await ensureModules();
    await ensureDocker();
    await ensureImages();
    await ensurePython();
    await build();
    const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'tools'];
    const files = `tests/host/scenarios/tools/${tool}`;
    const flags = ['--disable-console-intercept', '--reporter=verbose'];
    const { LIVEPUSH_ENGINE: name } = settings;
    const engine = name === undefined ? null : await useEngine(name);
    const env = { ...process.env, ...settings };
    if (engine !== null) env.DOCKER_HOST = engine.host;
    try {
        return await show(process.execPath, [...vitest, files, ...flags], { cwd: root, env });
    } finally {
        await engine?.release();
    }
}

await script(main);

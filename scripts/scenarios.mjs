/**
 * The long runs over scenarios: `equivalence`, `compare`, `generated`, `soak`, with options such as
 * `npm run test:generated -- --runs 500 --seed 7`.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { Problem, root, script, show } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';

async function main() {
    const [tool, ...words] = process.argv.slice(2);
    const settings = { ...process.env };
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
    await build();
    const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'tools'];
    const options = { cwd: root, env: settings, stdio: ['ignore', 'inherit', 'inherit'] };
    const files = `tests/host/scenarios/tools/${tool}`;
    const flags = ['--disable-console-intercept', '--reporter=verbose'];
    return show(process.execPath, [...vitest, files, ...flags], options);
}

await script(main);

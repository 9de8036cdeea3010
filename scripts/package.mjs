/** Packs the extension as it is shipped: `out/livepush.vsix`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { Problem, quiet, root, say, script } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';
import { writeNotices } from './notices.mjs';

export const vsix = join(root, 'out/livepush.vsix');
/** Bytes that a person may have to wait for. */
const limit = 1_500_000;

/** Packs what `build` has made. */
export async function packExtension() {
    if (!existsSync(join(root, 'dist/extension.js'))) {
        throw new Problem('there is no extension to pack in dist/: run `npm run build`');
    }
    mkdirSync(join(root, 'out'), { recursive: true });
    const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
    writeNotices();
    // The project has no public address yet: without one, vsce asks two questions that nothing can answer.
    const args = ['package', '--no-dependencies', '--allow-missing-repository'];
    args.push('--no-rewrite-relative-links');
    // With a fixed time, the same sources give the same bytes.
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(timeOfSources()) };
    await quiet(process.execPath, [vsce, ...args, '--out', vsix], { env });
    const { size } = statSync(vsix);
    say(`packed the extension: ${Math.round(size / 1000)} kB`);
    if (size > limit) throw new Problem(`${vsix} is larger than ${limit / 1000} kB`);
}

/** Seconds of the newest commit; outside a checkout the first day that a zip can name. */
function timeOfSources() {
    const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], {
        cwd: root,
        encoding: 'utf8',
    });
    return status === 0 ? Number(stdout) : Date.UTC(1980, 0, 1) / 1000;
}

async function main() {
    await ensureModules();
    await build();
    await packExtension();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(main);

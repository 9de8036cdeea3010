/** Packs the extension as it is shipped: `out/livepush.vsix`. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { Problem, quiet, root, say, script } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';

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
    const args = ['package', '--no-dependencies', '--skip-license', '--allow-missing-repository'];
    // The documents that README leads to are not in the package, and there is no address for them.
    args.push('--no-rewrite-relative-links');
    await quiet(process.execPath, [vsce, ...args, '--out', vsix]);
    const { size } = statSync(vsix);
    say(`packed the extension: ${Math.round(size / 1000)} kB`);
    if (size > limit) throw new Problem(`${vsix} is larger than ${limit / 1000} kB`);
}

async function main() {
    await ensureModules();
    await build();
    await packExtension();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(main);

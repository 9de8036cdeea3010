/** Bundles the library's types into one file, `dist/livepush.d.ts`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quiet, root, say, script } from './lib/run.mjs';

export async function buildTypes() {
    const entry = join(root, 'extension/host/index.ts');
    if (!existsSync(entry)) return;
    say('bundling the types of the library (10 seconds)');
    const tool = join(root, 'node_modules/dts-bundle-generator/dist/bin/dts-bundle-generator.js');
    const args = ['--project', 'tsconfig.json', '--no-banner', '--export-referenced-types=false'];
    await quiet(process.execPath, [tool, ...args, '-o', 'dist/livepush.d.ts', entry]);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(buildTypes);

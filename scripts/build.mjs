/** Everything that is generated: pkg/, dist/. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildHelper } from './helper.mjs';
import { quiet, root, say, script } from './lib/run.mjs';
import { buildTypes } from './types.mjs';
import { buildWasm } from './wasm.mjs';

export async function build() {
    await buildWasm();
    await buildHelper();
    say('bundling the extension and the library (20 seconds)');
    const webpack = join(root, 'node_modules/webpack/bin/webpack.js');
    await quiet(process.execPath, [webpack, '--mode', 'production']);
    await buildTypes();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(build);

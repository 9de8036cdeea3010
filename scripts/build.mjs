/** Everything that is generated: pkg/, dist/. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildHelper } from './helper.mjs';
import { generated } from './lib/fresh.mjs';
import { quiet, root, say, script } from './lib/run.mjs';
import { buildTypes } from './types.mjs';
import { buildWasm } from './wasm.mjs';

const bundles = {
    sources: ['extension', 'pkg', 'webpack.config.js', 'tsconfig.json', 'package-lock.json'],
    results: ['extension.js', 'livepush.js', 'livepush.d.ts', 'panel.js'].map(
        (name) => `dist/${name}`,
    ),
};

export async function build() {
    await buildWasm();
    await buildHelper();
    await generated('bundles', bundles, bundle);
}

async function bundle() {
    say('bundling the extension and the library (20 seconds)');
    const webpack = join(root, 'node_modules/webpack/bin/webpack.js');
    await quiet(process.execPath, [webpack, '--mode', 'production']);
    await buildTypes();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(build);

/** Builds the core for JavaScript: cargo → wasm-bindgen → wasm-opt → pkg/. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generated } from './lib/fresh.mjs';
import { Problem, quiet, root, say, script } from './lib/run.mjs';
import { ensureRust, targetFolder } from './lib/rust.mjs';

const target = 'wasm32-unknown-unknown';
const pkg = join(root, 'pkg');
const bytesType = 'declare const bytes: Uint8Array<ArrayBuffer>;\nexport default bytes;\n';
const optimised = join(pkg, 'livepush_bg.wasm');

const made = {
    sources: ['src', 'tools/bindgen', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'].concat([
        'scripts/wasm.mjs',
    ]),
    results: ['pkg'],
};

export function buildWasm() {
    return generated('wasm', made, compile);
}

async function compile() {
    await ensureRust(target);
    say('building the core as WebAssembly (up to 2 minutes the first time, then seconds)');
    const build = ['build', '--locked', '--quiet', '--release', '--lib', '--target', target];
    await quiet('cargo', build);
    const input = join(targetFolder(), target, 'release/livepush_core.wasm');
    await quiet('cargo', ['run', '--locked', '--quiet', '--package', 'bindgen', '--', input, pkg]);
    await optimise();
    // wasm-bindgen's own describes the module's exports; here the file is imported as bytes.
    writeFileSync(join(pkg, 'livepush_bg.wasm.d.ts'), bytesType);
    // wasm-bindgen writes ES modules, which Node and webpack recognise by this file.
    writeFileSync(join(pkg, 'package.json'), '{ "type": "module", "sideEffects": false }\n');
    const bytes = readFileSync(optimised);
    say(`pkg/ is made: ${kilobytes(bytes)} of wasm, ${kilobytes(gzipSync(bytes))} compressed`);
}

// What rustc's wasm32 target uses by default; every supported VS Code runs these.
const features = ['bulk-memory', 'bulk-memory-opt', 'call-indirect-overlong', 'multivalue']
    .concat(['mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'])
    .map((name) => `--enable-${name}`);

async function optimise() {
    const tool = join(dirname(requireBinaryen()), 'bin/wasm-opt');
    const smaller = `${optimised}.opt`;
    await quiet(process.execPath, [tool, '-Os', ...features, optimised, '-o', smaller]);
    renameSync(smaller, optimised);
}

function requireBinaryen() {
    const path = join(root, 'node_modules/binaryen/package.json');
    if (!existsSync(path)) throw new Problem('node_modules is missing: run `npm ci` first');
    return path;
}

const kilobytes = (bytes) => `${Math.round(bytes.length / 1024)} kB`;

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(buildWasm);

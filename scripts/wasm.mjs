/** Builds the core for JavaScript: cargo → wasm-bindgen → wasm-opt → pkg/. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generated } from './lib/fresh.mjs';
import { Problem, quiet, root, say, script } from './lib/run.mjs';
import { ensureRust, targetFolder } from './lib/rust.mjs';

const target = 'wasm32-unknown-unknown';
const pkg = join(root, 'pkg');
const counting = join(root, 'out/counting');
// wasm-bindgen writes ES modules, which Node and webpack recognise by this file.
const moduleManifest = '{ "type": "module", "sideEffects": false }\n';
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

/** The same module, which counts its steps (`steps` among its exports), for tests and benchmarks. */
export async function buildCountingWasm() {
    await generated('counting-wasm', { ...made, results: ['out/counting'] }, async () => {
        await link(counting, '--count-steps');
        writeFileSync(join(counting, 'package.json'), moduleManifest);
    });
    return counting;
}

/** Leaves the module in a folder, with what JavaScript needs to load it. */
async function link(folder, ...options) {
    await ensureRust(target);
    say('building the core as WebAssembly (up to 2 minutes the first time, then seconds)');
    const build = ['build', '--locked', '--quiet', '--release', '--lib', '--target', target];
    await quiet('cargo', build);
    const input = join(targetFolder(), target, 'release/livepush_core.wasm');
    const run = ['run', '--locked', '--quiet', '--package', 'bindgen', '--', input, folder];
    await quiet('cargo', run.concat(options));
    // wasm-bindgen makes a new instance by itself only where Rust panics; an exhausted stack or
    // memory tells Rust nothing.
    appendFileSync(join(folder, 'livepush.js'), 'export { __wbg_reset_state as renew };\n');
    const type =
        '/** Puts a new instance in place of a broken one. */\nexport function renew(): void;\n';
    appendFileSync(join(folder, 'livepush.d.ts'), type);
}

async function compile() {
    await link(pkg);
    await optimise();
    // wasm-bindgen's own describes the module's exports; here the file is imported as bytes.
    writeFileSync(join(pkg, 'livepush_bg.wasm.d.ts'), bytesType);
    writeFileSync(join(pkg, 'package.json'), moduleManifest);
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

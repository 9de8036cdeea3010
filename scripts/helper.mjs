/** Builds the helper, the program that is put into containers, into dist/helper/<architecture>/. */
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generated } from './lib/fresh.mjs';
import { has, output, Problem, quiet, root, say, script } from './lib/run.mjs';

const architectures = ['x86_64', 'aarch64'];
/** It is sent into every container. */
const limit = 600_000;
// Rust's own linker makes programs for any architecture without a C compiler; what else is here
// makes them smaller.
const flags = ['relocation-model=static', 'force-unwind-tables=no']
    .concat(['--icf=all', '-znorelro', '-znoseparate-code'].map((flag) => `link-arg=${flag}`))
    .map((flag) => `-C ${flag}`)
    .join(' ');

const made = {
    sources: ['helper', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', 'scripts/helper.mjs'],
    results: ['dist/helper'],
};

export function buildHelper() {
    return generated('helper', made, compile);
}

async function compile() {
    if (!has('cargo', '--version')) {
        throw new Problem('no cargo: install Rust (rustup), which brings the pinned toolchain');
    }
    say('building the helper for two architectures (up to a minute the first time, then seconds)');
    for (const architecture of architectures) {
        const target = `${architecture}-unknown-linux-musl`;
        ensureTarget(target);
        const options = ['--profile', 'helper', '--package', 'livepush-helper', '--bins'];
        await quiet('cargo', ['build', '--locked', '--quiet', ...options, '--target', target], {
            env: environment(target),
        });
        install(join(targetFolder(), target, 'helper/livepush-helper'), architecture);
    }
}

function environment(target) {
    const prefix = `CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}`;
    return { ...process.env, [`${prefix}_LINKER`]: 'rust-lld', [`${prefix}_RUSTFLAGS`]: flags };
}

function install(program, architecture) {
    const { size } = statSync(program);
    if (size > limit) throw new Problem(`the helper has ${size} bytes, more than ${limit}`);
    const folder = join(root, 'dist/helper', architecture);
    mkdirSync(folder, { recursive: true });
    copyFileSync(program, join(folder, 'livepush-helper'));
    say(`dist/helper/${architecture} is made: ${Math.round(size / 1000)} kB`);
}

function ensureTarget(target) {
    if (!has('rustup', '--version')) return;
    const folder = output('rustc', ['--print', 'sysroot'], { cwd: root }).trim();
    if (existsSync(join(folder, 'lib/rustlib', target))) return;
    output('rustup', ['target', 'add', target], { cwd: root });
}

function targetFolder() {
    const text = output('cargo', ['metadata', '--no-deps', '--format-version=1'], { cwd: root });
    return JSON.parse(text).target_directory;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(buildHelper);

/** Builds the helper, the program that is put into containers, into dist/helper/<architecture>/. */
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generated } from './lib/fresh.mjs';
import { Problem, quiet, root, say, script } from './lib/run.mjs';
import { ensureRust, targetFolder } from './lib/rust.mjs';

const architectures = ['x86_64', 'aarch64'];
/** It is sent into every container. */
const limit = 640_000;
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
    await ensureRust(...architectures.map(targetOf));
    say('building the helper for two architectures (up to a minute the first time, then seconds)');
    for (const architecture of architectures) {
        const target = targetOf(architecture);
        const options = ['--profile', 'helper', '--package', 'livepush-helper', '--bins'];
        await quiet('cargo', ['build', '--locked', '--quiet', ...options, '--target', target], {
            env: environment(target),
        });
        install(join(targetFolder(), target, 'helper/livepush-helper'), architecture);
    }
}

const targetOf = (architecture) => `${architecture}-unknown-linux-musl`;

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

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(buildHelper);

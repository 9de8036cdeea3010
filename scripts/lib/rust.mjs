/** What a build with cargo needs: cargo itself, a C linker for build scripts, targets. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { has, output, Problem, root, say } from './run.mjs';

/** Makes cargo able to build, and for these targets too. */
export async function ensureRust(...targets) {
    if (!has('cargo', '--version')) {
        throw new Problem('no cargo: install Rust (rustup), which brings the pinned toolchain');
    }
    // Programs for this machine, such as build scripts, are linked by the system's C compiler.
    if (!has('cc', '--version')) await aptInstall(['gcc', 'libc6-dev']);
    for (const target of targets) ensureTarget(target);
}

/** rustup installs the pinned toolchain and its targets by itself, but only when asked to build. */
function ensureTarget(target) {
    if (!has('rustup', '--version')) return;
    const folder = output('rustc', ['--print', 'sysroot'], { cwd: root }).trim();
    if (existsSync(join(folder, 'lib/rustlib', target))) return;
    say(`adding the target ${target} to the Rust toolchain (half a minute)`);
    output('rustup', ['target', 'add', target], { cwd: root });
}

/** Where cargo puts what it builds. */
export function targetFolder() {
    const text = output('cargo', ['metadata', '--no-deps', '--format-version=1'], { cwd: root });
    return JSON.parse(text).target_directory;
}

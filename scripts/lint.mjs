/** Every check that does not run the program. Each is named; all are run, whatever fails. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, say, script, show } from './lib/run.mjs';
import { ensureModules } from './modules.mjs';
import { buildTypes } from './types.mjs';
import { buildWasm } from './wasm.mjs';

const tool = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args];

const checks = [
    ['Rust formatting', 'cargo', 'fmt', '--all', '--check'],
    [
        'Rust lints (clippy)',
        ...['cargo', 'clippy', '--locked', '--quiet', '--workspace', '--all-targets'],
        ...['--', '-D', 'warnings'],
    ],
    ['TypeScript', ...tool('typescript/bin/tsc', '--project', 'tsconfig.json')],
    ['TypeScript of the panel', ...tool('typescript/bin/tsc', '--project', 'tsconfig.panel.json')],
    ['ESLint, with the rule that keeps the rooms apart', ...tool('eslint/bin/eslint.js', '.')],
    [
        'formatting (prettier)',
        ...tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
    ],
    ['generated pages of docs/', process.execPath, join(root, 'scripts/docs.mjs'), '--check'],
];

export async function lint() {
    await ensureModules();
    await buildWasm();
    // A test compiles a user's code against them.
    await buildTypes();
    const failed = [];
    for (const [name, program, ...args] of checks) {
        say(`checking: ${name}`);
        if ((await show(program, args)) !== 0) failed.push(name);
    }
    say(failed.length === 0 ? 'all checks pass' : `failed checks: ${failed.join('; ')}`);
    return failed.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(lint);

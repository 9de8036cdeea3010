/** Bundles the library's types into one file, `dist/livepush.d.ts`. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quiet, root, say, script } from './lib/run.mjs';

export async function buildTypes() {
    const entry = join(root, 'extension/host/index.ts');
    if (!existsSync(entry)) return;
    say('bundling the types of the library (10 seconds)');
    const tool = join(root, 'node_modules/dts-bundle-generator/dist/bin/dts-bundle-generator.js');
    const args = ['--project', 'tsconfig.json', '--no-banner', '--export-referenced-types=false'];
    const file = join(root, 'dist/livepush.d.ts');
    await quiet(process.execPath, [tool, ...args, '-o', file, entry]);
    await writeFile(file, forAnyProgram(await readFile(file, 'utf8')));
}

/**
 * The same types for programs without `esModuleInterop` and for any target: what is imported as a
 * default is what the module is, and that a class has private members is nothing they can use.
 */
function forAnyProgram(types) {
    return types
        .replace(/^import (\w+) from 'dockerode';$/mu, "import * as $1 from 'dockerode';")
        .replace(/^\s*#private;\n/gmu, '');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(buildTypes);

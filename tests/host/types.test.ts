import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

test('a program that uses the library as balena-cli does compiles against its types', async () => {
    await run(process.execPath, ['scripts/types.mjs'], { cwd: root });
    const flags = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'preserve'];
    const files = ['--types', 'node', 'tests/host/balenaCli.test-d.ts'];
    const args = ['node_modules/typescript/bin/tsc', '--ignoreConfig', '--skipLibCheck', ...flags];
    const said = await run(process.execPath, [...args, ...files], { cwd: root }).then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(said).toBe('');
}, 240_000);

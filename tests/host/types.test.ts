import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const TSC = ['node_modules/typescript/bin/tsc', '--ignoreConfig', '--noEmit', '--strict'];

async function compile(file: string, flags: readonly string[]): Promise<string> {
    const args = [...TSC, '--types', 'node', ...flags, file];
    return run(process.execPath, args, { cwd: root }).then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stdout: string }).stdout,
    );
}

beforeAll(() => run(process.execPath, ['scripts/types.mjs'], { cwd: root }), 240_000);

test('a program that uses the library as balena-cli does compiles against its types', async () => {
    const flags = ['--target', 'es2022', '--module', 'preserve', '--skipLibCheck'];
    expect(await compile('tests/host/balenaCli.test-d.ts', flags)).toBe('');
}, 240_000);

test.each([
    [
        'without esModuleInterop and with an old library',
        ['--esModuleInterop', 'false', '--ignoreDeprecations', '6.0', '--lib', 'es2020'],
    ],
    ['as an ES module', ['--module', 'nodenext', '--target', 'es2022']],
])(
    'a program of npm livepush compiles unchanged %s, its types checked too',
    async (_name, how) => {
        const flags = [
            '--module',
            'preserve',
            '--target',
            'es2020',
            '--skipLibCheck',
            'false',
            ...how,
        ];
        expect(await compile('tests/host/npmLivepush.test-d.ts', flags)).toBe('');
    },
    240_000,
);

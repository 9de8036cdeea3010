import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What webpack's `asset/bytes` does for `.wasm`, for tests that run the sources themselves. */
const wasmBytes = {
    name: 'wasm-bytes',
    enforce: 'pre' as const,
    load(id: string) {
        if (!id.endsWith('.wasm')) return undefined;
        const text = readFileSync(id).toString('base64');
        return `export default new Uint8Array(Buffer.from('${text}', 'base64'));`;
    },
};

export default defineConfig({
    plugins: [wasmBytes],
    resolve: { alias: { vscode: here('tests/editor/unit/vscode.ts') } },
    test: {
        // One daemon and two cores: more files at once only makes each of them slower.
        maxWorkers: 2,
        // Sessions of tests are none of those that the user's editor would take up.
        env: {
            XDG_STATE_HOME: join(tmpdir(), `livepush-tests-${String(process.getuid?.() ?? 0)}`),
        },
        testTimeout: 60_000,
        hookTimeout: 120_000,
        projects: [
            {
                extends: true,
                test: {
                    name: 'host',
                    include: [
                        'tests/host/*.test.ts',
                        'tests/host/attack/*.test.ts',
                        'tests/helper/*.test.ts',
                    ],
                },
            },
            {
                extends: true,
                test: { name: 'scenarios', include: ['tests/host/scenarios/*.test.ts'] },
            },
            {
                extends: true,
                // Long runs that `npm run compare`, `soak`, `test:equivalence` and `test:generated` start.
                test: {
                    name: 'tools',
                    include: ['tests/host/scenarios/tools/*.tool.ts'],
                    fileParallelism: false,
                    // The soak looks at memory, in which garbage does not count.
                    execArgv: ['--expose-gc'],
                },
            },
            {
                extends: true,
                test: { name: 'editor', include: ['tests/editor/unit/*.test.ts'] },
            },
            {
                extends: true,
                // One window at a time: what a test sees must be its own doing.
                test: {
                    name: 'vscode',
                    include: ['tests/editor/*.test.ts'],
                    fileParallelism: false,
                    // Generous, since the machine may be busy: what is waited for mostly comes at once.
                    testTimeout: 240_000,
                    expect: { poll: { timeout: 60_000 } },
                },
            },
        ],
    },
});

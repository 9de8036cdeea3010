import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** A front end's whole program, as one that has installed the package would write it. */
const PROGRAM = `
const { startSession } = require(process.argv[1]);
const Docker = require('dockerode');
const { writeFileSync } = require('node:fs');
const context = process.argv[2];
(async () => {
    const dockerfile = context + '/Dockerfile';
    const session = await startSession({ docker: new Docker(), dockerfile, context, ports: [] });
    writeFileSync(context + '/text', 'two');
    const { outcome } = await session.push({ updated: ['text'], deleted: [] });
    await session.close({ removeContainer: true });
    console.log(outcome);
})();
`;

test('a process that has closed its session ends by itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    try {
        await writeFile(
            join(folder, 'Dockerfile'),
            'FROM busybox\nCOPY text /text\nRUN cp /text /copy\nCMD ["sleep", "1000000"]\n',
        );
        await writeFile(join(folder, 'text'), 'one');
        const bundle = join(process.cwd(), 'dist/livepush.js');
        const run = promisify(execFile)(process.execPath, ['-e', PROGRAM, bundle, folder]);
        // Without an end this waits until the test's time is over.
        await expect(run).resolves.toEqual({ stdout: 'done\n', stderr: '' });
    } finally {
        await rm(folder, { recursive: true });
    }
});

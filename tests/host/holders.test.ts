import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hold, isHeld, letGo } from '../../extension/host/session/lock.js';

const session = randomUUID();
const file = join(tmpdir(), 'livepush-sessions', session);

afterEach(() => letGo(session));

describe('a session', () => {
    it('is held from when a process takes it until it lets go', async () => {
        expect(await isHeld(session)).toBe(false);
        await hold(session);
        expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
        expect(await isHeld(session)).toBe(true);
        await letGo(session);
        expect(await isHeld(session)).toBe(false);
    });

    it('is not held by a process that has ended and that nobody has asked for since', async () => {
        await hold(session);
        // `sleep` takes the place of the shell, and knows nothing of a child.
        const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60']);
        try {
            const [line] = (await once(parent.stdout, 'data')) as [Buffer];
            writeFileSync(file, line.toString().trim());
            await expect.poll(() => isHeld(session)).toBe(false);
        } finally {
            parent.kill();
        }
    });
});

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
    privateFolder,
    sessionFolder,
    setStateFolder,
} from '../../extension/host/common/stateFolder.js';
import { discard, isHeld, release, tryAcquire } from '../../extension/host/session/lock.js';
import { type ProcessIdentity, thisProcess } from '../../extension/host/session/processIdentity.js';

const state = mkdtempSync(join(tmpdir(), 'livepush-state-'));
setStateFolder(state);
const session = randomUUID();

async function lockOf(identity: Partial<ProcessIdentity>): Promise<string> {
    const folder = await sessionFolder(session);
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'lock');
    writeFileSync(file, JSON.stringify({ ...(await thisProcess()), ...identity }));
    return file;
}

afterEach(() => discard(session));
afterAll(() => rmSync(state, { recursive: true }));

describe('a session', () => {
    it('is held from when a process takes it until it gives it up', async () => {
        expect(await isHeld(session)).toBe(false);
        expect(await tryAcquire(session)).toBe(true);
        expect(await isHeld(session)).toBe(true);
        expect(await tryAcquire(session)).toBe(false);
        await release(session);
        expect(await isHeld(session)).toBe(false);
        expect(await tryAcquire(session)).toBe(true);
    });

    it('is taken by one of many that try at once', async () => {
        await lockOf({ started: '1' });
        const taken = await Promise.all(Array.from({ length: 20 }, () => tryAcquire(session)));
        expect(taken.filter(Boolean)).toHaveLength(1);
        expect(await isHeld(session)).toBe(true);
    });

    it('is not held by a process that has ended and that its parent has not asked for', async () => {
        // `sleep` takes the place of the shell, and knows nothing of a child, which ends with its input.
        const parent = spawn('sh', ['-c', 'exec 3<&0; read _ <&3 & echo $!; exec sleep 60 3<&-']);
        try {
            const [line] = (await once(parent.stdout, 'data')) as [Buffer];
            const pid = Number(line.toString().trim());
            const started = (): string =>
                readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
            await lockOf({ pid, started: started() });
            expect(await isHeld(session)).toBe(true);
            parent.stdin.end();
            await expect.poll(() => isHeld(session)).toBe(false);
        } finally {
            parent.kill();
        }
    });

    it('is not held by a process whose id another one has now, nor by one before a reboot', async () => {
        await lockOf({ started: '1' });
        expect(await isHeld(session)).toBe(false);
        await lockOf({ boot: 'before' });
        expect(await isHeld(session)).toBe(false);
        expect(await tryAcquire(session)).toBe(true);
    });

    it('is held by a process of another machine or container that cannot be asked for', async () => {
        await lockOf({ boot: 'other', machine: 'other', pid: 1 });
        expect(await isHeld(session)).toBe(true);
        expect(await tryAcquire(session)).toBe(false);
        const file = await lockOf({ namespace: 'other', pid: 1 });
        expect(await isHeld(session)).toBe(true);
        // After days without a sign of life it has ended.
        await utimes(file, 0, 0);
        expect(await isHeld(session)).toBe(false);
    });
});

describe('the state folder', () => {
    it('is for its user alone', async () => {
        const folder = join(state, 'open');
        await mkdir(folder);
        chmodSync(folder, 0o777);
        await privateFolder(folder);
        expect((await stat(folder)).mode & 0o777).toBe(0o700);
        expect((await stat(join(state, 'sessions'))).mode & 0o777).toBe(0o700);
    });

    it('is no link, and belongs to no other user', async () => {
        const target = join(state, 'target');
        await mkdir(target);
        symlinkSync(target, join(state, 'link'));
        await expect(privateFolder(join(state, 'link'))).rejects.toThrow('not a directory');
        if (process.getuid?.() !== 0) return;
        const { chownSync } = await import('node:fs');
        chownSync(target, 65534, 65534);
        await expect(privateFolder(target)).rejects.toThrow('another user');
    });
});

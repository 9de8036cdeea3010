/**
 * Which process has a session. One that is alive must not be taken over, nor cleaned up after.
 * What is created meanwhile is entered in the session's ledger.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivepushError } from '../common/errors.js';
import { hasCode, isMissing } from '../common/fileErrors.js';
import { sessionFolder, sessionsFolder } from '../common/stateFolder.js';
import { closeLedger, openLedger } from '../docker/objects.js';
import { isRunning, type ProcessIdentity, thisProcess } from './processIdentity.js';

const LOCK = 'lock';
const LEDGER = 'created';

/** A process that cannot be asked for is taken to be alive for so long after its last sign of life. */
const FOREIGN_MILLISECONDS = 24 * 60 * 60 * 1000;
const SIGN_OF_LIFE_MILLISECONDS = 60 * 60 * 1000;

const signs = new Map<string, NodeJS.Timeout>();

/** Takes a session for this process, or fails where another one has it. */
export async function acquire(session: string): Promise<void> {
    if (!(await tryAcquire(session))) {
        throw new LivepushError('internal', 'Another window or process has this session', {
            remedy: 'Stop it there first.',
        });
    }
}

/** Takes a session that no living process has, and says whether it could. */
export async function tryAcquire(session: string): Promise<boolean> {
    const folder = await sessionFolder(session);
    const identity = JSON.stringify(await thisProcess());
    if (!(await createWithLock(folder, identity)) && !(await replaceLock(folder, identity))) {
        return false;
    }
    await openLedger(session, join(folder, LEDGER));
    const sign = setInterval(() => void touch(folder), SIGN_OF_LIFE_MILLISECONDS);
    sign.unref();
    signs.set(session, sign);
    return true;
}

/** Gives a session up: a later process may take it. */
export async function release(session: string): Promise<void> {
    await unlock(session);
    await closeLedger(session);
}

/** Lets a later process take a session for which this one has still to remove something. */
export async function unlock(session: string): Promise<void> {
    stopSigns(session);
    await rm(join(await sessionFolder(session), LOCK), { force: true });
}

/** Gives a session up for good: nothing of it is left. */
export async function discard(session: string): Promise<void> {
    stopSigns(session);
    await closeLedger(session);
    // A sign of life that was just being written would come between.
    const patience = { maxRetries: 5, retryDelay: 20 };
    await rm(await sessionFolder(session), { recursive: true, force: true, ...patience });
}

/** Whether a process that is alive, or may be, has the session. */
export async function isHeld(session: string): Promise<boolean> {
    return isAlive(await readLock(join(await sessionFolder(session), LOCK)));
}

interface Lock {
    readonly text: string;
    readonly identity: ProcessIdentity | null;
    readonly seen: number;
}

async function readLock(file: string): Promise<Lock | null> {
    try {
        const [text, { mtimeMs: seen }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
        return { text, identity: parseIdentity(text), seen };
    } catch (error) {
        if (isMissing(error)) return null;
        throw error;
    }
}

async function isAlive(lock: Lock | null): Promise<boolean> {
    const identity = lock?.identity ?? null;
    if (lock === null || identity === null) return false;
    const runs = await isRunning(identity, lock.seen);
    return runs === 'unknown' ? lock.seen > Date.now() - FOREIGN_MILLISECONDS : runs;
}

/** A new session's folder appears with its lock, so that it is never taken for an abandoned one. */
async function createWithLock(folder: string, identity: string): Promise<boolean> {
    const hidden = join(await sessionsFolder(), `.${randomBytes(8).toString('hex')}`);
    await mkdir(hidden, { mode: 0o700 });
    try {
        await writeNew(join(hidden, LOCK), identity);
        await rename(hidden, folder);
        return true;
    } catch (error) {
        await rm(hidden, { recursive: true, force: true });
        if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST') || hasCode(error, 'EPERM')) {
            return false;
        }
        throw error;
    }
}

async function replaceLock(folder: string, identity: string): Promise<boolean> {
    const file = join(folder, LOCK);
    const before = await readLock(file);
    if (await isAlive(before)) return false;
    if (before !== null && !(await takeAway(file, before.text))) return false;
    try {
        await writeNew(file, identity);
        return true;
    } catch (error) {
        if (hasCode(error, 'EEXIST') || isMissing(error)) return false;
        throw error;
    }
}

/** Takes away the lock that was read; one that another process has put there meanwhile stays. */
async function takeAway(file: string, text: string): Promise<boolean> {
    const aside = `${file}.${randomBytes(8).toString('hex')}`;
    try {
        await rename(file, aside);
        const taken = await readFile(aside, 'utf8');
        if (taken !== text) await link(aside, file);
        await rm(aside);
        return taken === text;
    } catch (error) {
        if (isMissing(error) || hasCode(error, 'EEXIST')) return false;
        throw error;
    }
}

/** Fails where the file is there already; nobody ever sees it without its text. */
async function writeNew(file: string, text: string): Promise<void> {
    const whole = `${file}.${randomBytes(8).toString('hex')}`;
    await writeFile(whole, text, { flag: 'wx', mode: 0o600 });
    try {
        await link(whole, file);
    } finally {
        await rm(whole, { force: true });
    }
}

async function touch(folder: string): Promise<void> {
    const now = new Date();
    await utimes(join(folder, LOCK), now, now).catch(() => undefined);
}

function stopSigns(session: string): void {
    clearInterval(signs.get(session));
    signs.delete(session);
}

function parseIdentity(text: string): ProcessIdentity | null {
    try {
        const value = JSON.parse(text) as Partial<Record<string, unknown>> | null;
        const { machine, boot, namespace, pid, started } = value ?? {};
        const texts = [machine, boot, namespace, started];
        if (typeof pid !== 'number' || texts.some((part) => typeof part !== 'string')) return null;
        return value as unknown as ProcessIdentity;
    } catch {
        return null;
    }
}

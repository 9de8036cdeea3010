import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Which process holds a session: one that is alive must not be taken over, nor cleaned up after. */
const FOLDER = join(tmpdir(), 'livepush-sessions');

const fileOf = (session: string): string => join(FOLDER, encodeURIComponent(session));

export async function hold(session: string): Promise<void> {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(fileOf(session), String(process.pid));
}

export async function letGo(session: string): Promise<void> {
    await rm(fileOf(session), { force: true });
}

/** Whether some process that is alive holds the session. */
export async function isHeld(session: string): Promise<boolean> {
    try {
        process.kill(Number(await readFile(fileOf(session), 'utf8')), 0);
        return true;
    } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
}

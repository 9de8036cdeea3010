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
        const holder = Number(await readFile(fileOf(session), 'utf8'));
        process.kill(holder, 0);
        return !(await hasEnded(holder));
    } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
}

/** A process that has ended is still known while its parent has not asked for its end. */
async function hasEnded(pid: number): Promise<boolean> {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The state comes after the name, which may hold anything.
    return stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}

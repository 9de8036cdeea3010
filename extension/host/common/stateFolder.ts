/**
 * The folder in which this user's sessions are recorded. What is in it decides what may be taken
 * up and removed, so nobody else may write to it: it belongs to this user, has mode 0700, and is
 * not a symbolic link.
 */
import { chmod, lstat, mkdir, mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { LivepushError } from './errors.js';

let chosen: string | null = null;
let ready: Promise<string> | null = null;

/** Sets the folder for this process. Without it, the user's own state folder is used. */
export function setStateFolder(folder: string): void {
    if (folder === chosen) return;
    chosen = folder;
    ready = null;
}

/** The folder; it is made where it is missing. */
export function stateFolder(): Promise<string> {
    ready ??= chosen === null ? firstUsable(defaultFolders()) : privateFolder(chosen);
    return ready;
}

/** The folder of one session: its lock, its record, and what it created. */
export async function sessionFolder(session: string): Promise<string> {
    if (!/^[\w-]+$/u.test(session)) throw new Error(`Invalid session id ${session}`);
    return join(await sessionsFolder(), session);
}

export async function sessionsFolder(): Promise<string> {
    return privateFolder(join(await stateFolder(), 'sessions'));
}

/** Makes a folder that only this user can use, or refuses the one that is there. */
export async function privateFolder(path: string): Promise<string> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    if (!found.isDirectory()) throw unsafe(path, 'it is not a directory');
    const user = process.getuid?.();
    if (user === undefined) return path;
    if (found.uid !== user) throw unsafe(path, 'it belongs to another user');
    if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
    return path;
}

async function firstUsable(folders: readonly string[]): Promise<string> {
    for (const folder of folders) {
        const usable = await privateFolder(folder).catch(() => null);
        if (usable !== null) return usable;
    }
    // Without a lasting folder nothing is taken up again, but everything else works.
    return mkdtemp(join(tmpdir(), 'livepush-'));
}

function defaultFolders(): string[] {
    const home = homedir();
    const temporary = join(
        tmpdir(),
        `livepush-${String(process.getuid?.() ?? userInfo().username)}`,
    );
    return [userStateFolder(home), temporary];
}

function userStateFolder(home: string): string {
    if (process.platform === 'darwin') return join(home, 'Library/Application Support/livepush');
    if (process.platform === 'win32') {
        return join(process.env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'livepush');
    }
    const state = process.env['XDG_STATE_HOME'];
    return join(
        state === undefined || state === '' ? join(home, '.local/state') : state,
        'livepush',
    );
}

function unsafe(path: string, why: string): LivepushError {
    return new LivepushError('unreadable', `${path} cannot hold sessions: ${why}`, {
        path,
        remedy: 'Remove it, or set another state folder.',
    });
}

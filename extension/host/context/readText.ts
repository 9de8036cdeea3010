import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { LivepushError } from '../common/errors.js';
import { wholeOf } from './openFile.js';

/** Bytes of the longest Dockerfile or ignore file that is read. */
export const TEXT_LIMIT = 4 * 1024 * 1024;

/** A Dockerfile or an ignore file: never waits for a pipe or a device, and reads no endless file. */
export async function readText(path: string): Promise<string> {
    const handle = await open(path, constants.O_RDONLY | (nonBlocking ?? 0));
    try {
        const stat = await handle.stat();
        if (!stat.isFile()) throw unusable(path, 'it is not a regular file');
        const whole = stat.size > TEXT_LIMIT ? null : await wholeOf(handle, stat.size);
        if (whole === null) throw unusable(path, 'it is too large, or grows while it is read');
        return whole.toString('utf8');
    } finally {
        await handle.close();
    }
}

/** Windows has no such flag, whatever the types say. */
const nonBlocking = (constants as Readonly<Record<string, number | undefined>>)['O_NONBLOCK'];

function unusable(path: string, why: string): LivepushError {
    return new LivepushError('unreadable', `${path} cannot be read: ${why}`, {
        path,
        remedy: `Name a regular file of at most ${TEXT_LIMIT / 1024 / 1024} MB.`,
    });
}

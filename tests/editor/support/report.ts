/** Measured figures go where the run's report is, and are no condition. */
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from './session.js';

export function report(line: string): void {
    console.log(line);
    mkdirSync('out', { recursive: true });
    appendFileSync(join('out', 'editor-report.txt'), `${line}\n`);
}

export interface SavedFile {
    readonly onHost: string;
    readonly inContainer: readonly [container: string, path: string];
}

const saves = 11;

/**
 * Saves again and again, and says how long a file takes from the host's disk into the container:
 * between the last change of the one's content and that of the other's entry. Both are times of one
 * kernel, so nothing of the browser or of this program is in them.
 */
export async function measureSaves(save: (number: number) => Promise<SavedFile>): Promise<string> {
    const times: number[] = [];
    for (let number = 1; number <= saves; number += 1) {
        const { onHost, inContainer } = await save(number);
        const written = statSync(onHost, { bigint: true }).mtimeNs;
        const [container, path] = inContainer;
        const arrived = instant(await docker('exec', container, 'stat', '-c', '%z', path));
        times.push(Number(arrived - written) / 1e6);
    }
    times.sort((a, b) => a - b);
    const [least, median, most] = [0, Math.floor(saves / 2), saves - 1].map((at) =>
        (times[at] ?? Number.NaN).toFixed(1),
    );
    return `${median ?? ''} ms (median of ${saves}; ${least ?? ''} to ${most ?? ''})`;
}

/** Of `2026-01-31 12:00:00.123456789 +0000`, in nanoseconds since the epoch. */
function instant(text: string): bigint {
    const [, seconds, fraction, zone] = /^(.+)\.(\d{9}) (.+)$/u.exec(text) ?? [];
    if (seconds === undefined || fraction === undefined) throw new Error(`no time: ${text}`);
    return BigInt(Date.parse(`${seconds} ${zone ?? ''}`)) * 1_000_000n + BigInt(fraction);
}

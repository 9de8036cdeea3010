/** How a machine that is not Linux spells paths and modes, and what a build makes of them. */
import { posix, win32 } from 'node:path';

/**
 * The path from `folder` to what lies below it, with `/` between its parts; null where it lies
 * elsewhere or is the folder itself. On Windows, neither case nor the kind of slash matters.
 *
 * @example pathBelow('C:\\app', 'c:/App/src/a.js', 'win32') === 'src/a.js'
 */
export function pathBelow(
    folder: string,
    path: string,
    platform: NodeJS.Platform = process.platform,
): string | null {
    const rules = platform === 'win32' ? win32 : posix;
    const below = rules.relative(folder, path);
    const isElsewhere = below === '..' || below.startsWith(`..${rules.sep}`);
    if (below === '' || isElsewhere || rules.isAbsolute(below)) return null;
    return below.split(rules.sep).join('/');
}

/**
 * The mode that `docker build` gives a file of the context: all bits, and from Windows, which has
 * no bit for it, executable and writable by its owner at most.
 */
export function contextMode(mode: number, platform: NodeJS.Platform = process.platform): number {
    return platform === 'win32' ? ((mode & 0o777) | 0o111) & 0o755 : mode & 0o7777;
}

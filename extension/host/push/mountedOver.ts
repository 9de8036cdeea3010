/** What is mounted over the image's files: there, a push would change files that are not the image's. */
import { isAtOrBelow } from '../files/paths.js';
import type { Workplace } from './pushContext.js';

/** The mounts that a session has told about. */
const told = new WeakMap<Workplace, Set<string>>();

/** Tells which paths are left out, for a mount covers them; each mount is told about once. */
export async function coveredPaths(place: Workplace): Promise<(path: string) => boolean> {
    const mounts = new Set(await place.live.foreignMounts());
    const known = told.get(place) ?? new Set();
    told.set(place, known);
    return (path) => {
        if (mounts.size === 0 || !isAtOrBelow(path, mounts)) return false;
        for (const mount of mounts) {
            if (known.has(mount) || !isAtOrBelow(path, new Set([mount]))) continue;
            known.add(mount);
            place.notice(
                `Pushes leave out what is below ${mount}: it is mounted over the image's files. ` +
                    'Run the container without that mount to see the pushed files there.',
            );
        }
        return true;
    };
}

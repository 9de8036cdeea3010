/** What keeps an update of the live container from being carried out, with the line that asked for it. */
import type { Lines } from '../api.js';
import { asLivepushError, LivepushError } from '../common/errors.js';
import { isAtOrBelow } from '../files/paths.js';
import type { Workplace } from './pushContext.js';
import type { Entry } from '../core/planner.js';

/** Refuses to remove or replace a directory in which something is mounted: its files would go too. */
export async function refuseMountedBelow(
    place: Workplace,
    paths: readonly string[],
): Promise<void> {
    const mounts = await place.live.foreignMounts();
    for (const mount of mounts) {
        const path = paths.find((one) => isAtOrBelow(mount, new Set([one])));
        if (path === undefined) continue;
        throw new LivepushError('mounted-over', `${mount} is mounted below ${path}`, {
            path,
            lines: linesOf(place, path),
            remedy: `Run the container without the mount at ${mount}, or leave ${path} there.`,
        });
    }
}

/** The same error with the path that could not be written, and the step that puts it there. */
export function located(
    place: Workplace,
    thrown: unknown,
    written: readonly Entry[],
): LivepushError {
    const error = asLivepushError(thrown);
    const named = written.filter(({ path }) => error.message.includes(path));
    // Of a file and its directory, the file is named by the longer path.
    const path = error.path ?? named.sort(byLength)[0]?.path ?? written[0]?.path ?? null;
    if (path === null) return error;
    const { code, message, remedy, output, cause } = error;
    return new LivepushError(code, message, {
        remedy,
        output,
        cause,
        path,
        lines: linesOf(place, path),
    });
}

function byLength(a: Entry, b: Entry): number {
    return b.path.length - a.path.length;
}

/** The trailing step that puts something at a path; null where a replay did. */
function linesOf({ planner, target }: Workplace, path: string): Lines | null {
    const stage = planner.outline().stages[target];
    const steps = stage?.steps.slice(stage.trailing) ?? [];
    const last = steps.findLast(({ index }) => {
        const layout = planner.layout(target, index);
        return layout.kind === 'entries' && layout.entries.some((entry) => entry.path === path);
    });
    return last?.lines ?? null;
}

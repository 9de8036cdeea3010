import { WAITING, type Content } from '../containers/writeFiles.js';
import { TAR_END } from '../tar/writer.js';
import { tarOfEntries, type Sources } from './layoutArchive.js';
import type { Entry } from '../core/planner.js';
import { folderHeader, linkHeader } from './waiting.js';

/** Bytes from which on files are quicker through Docker's archive API than through the helper. */
const LARGE = 2 * 1024 * 1024;

/** What an update writes: first what came out of a replay, then what the trailing steps put there. */
export function contentOf(
    restored: () => AsyncIterable<Buffer>,
    entries: readonly Entry[],
    sources: Sources,
): Content {
    const large = entries.filter((entry) => isLarge(entry, sources));
    const small = entries.filter((entry) => !large.includes(entry));
    const whole = async function* (): AsyncGenerator<Buffer> {
        yield* restored();
        yield* tarOfEntries(entries, sources);
        yield TAR_END;
    };
    if (large.length === 0) return { whole, parts: null };
    const placed = large.map((entry, at) => ({ entry, path: `${WAITING}/${at}` }));
    const parts = {
        large: () => waitingTar(placed, sources),
        async *rest() {
            yield* restored();
            yield* tarOfEntries(small, sources);
            for (const { entry, path } of placed) {
                yield linkHeader(entry, mtimeOf(entry, sources), path);
            }
            yield TAR_END;
        },
    };
    return { whole, parts };
}

interface Placed {
    readonly entry: Entry;
    readonly path: string;
}

async function* waitingTar(placed: readonly Placed[], sources: Sources): AsyncGenerator<Buffer> {
    yield folderHeader(WAITING);
    const moved = placed.map(({ entry, path }) => ({ ...entry, path }));
    yield* tarOfEntries(moved, sources);
    yield TAR_END;
}

/** Which way into a container is quicker for a layout; what other containers hold is not known. */
export function sizeOf(entries: readonly Entry[], { context }: Sources): 'small' | 'large' {
    let bytes = 0;
    for (const { source } of entries) {
        if (source.kind === 'stage' || source.kind === 'image') return 'large';
        if (source.kind === 'context') bytes += context.entry(source.path)?.size ?? 0;
    }
    return bytes < LARGE ? 'small' : 'large';
}

function isLarge({ kind, source }: Entry, { context }: Sources): boolean {
    if (kind !== 'file' || source.kind !== 'context') return false;
    return (context.entry(source.path)?.size ?? 0) >= LARGE;
}

function mtimeOf({ source }: Entry, { context }: Sources): number {
    return source.kind === 'context' ? (context.entry(source.path)?.mtimeMs ?? 0) : 0;
}

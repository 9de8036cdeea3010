import type { Content } from '../docker/writing.js';
import { TAR_END, tarHeader } from '../tree/tarWriter.js';
import { tarOfEntries, type Sources } from './entriesTar.js';
import type { Entry } from './planner.js';

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
    const parts = {
        async *large(folder: string) {
            yield folderHeader(folder);
            const moved = large.map((entry, at) => ({ ...entry, path: `${folder}/${at}` }));
            yield* tarOfEntries(moved, sources);
            yield TAR_END;
        },
        async *rest(folder: string) {
            yield* restored();
            yield* tarOfEntries(small, sources);
            for (const [at, entry] of large.entries()) {
                yield linkHeader(entry, mtimeOf(entry, sources), `${folder}/${at}`);
            }
            yield TAR_END;
        },
    };
    return { whole, parts };
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

const NOTHING = { uid: 0, gid: 0, size: 0, mtimeMs: 0, target: '' };

function folderHeader(path: string): Buffer {
    return tarHeader({ ...NOTHING, name: path.slice(1), kind: 'directory', mode: 0o700 });
}

function linkHeader(entry: Entry, mtimeMs: number, target: string): Buffer {
    const { path, mode, uid, gid } = entry;
    const link = { kind: 'hardlink', target: target.slice(1), size: 0 } as const;
    return tarHeader({ ...link, name: path.slice(1), mode, uid, gid, mtimeMs });
}

function mtimeOf({ source }: Entry, { context }: Sources): number {
    return source.kind === 'context' ? (context.entry(source.path)?.mtimeMs ?? 0) : 0;
}

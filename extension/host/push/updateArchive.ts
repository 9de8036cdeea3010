import { type Content, WAITING, type Written } from '../containers/writeFiles.js';
import { TAR_END, tarHeader } from '../tar/writer.js';
import { tarOfEntries } from './layoutArchive.js';
import type { Sources } from './sources.js';
import type { Entry } from '../core/planner.js';

/** Bytes from which on files are quicker through Docker's archive API than through the helper. */
const LARGE = 2 * 1024 * 1024;

/** What an update writes: first what came out of a replay, then what the trailing steps put there. */
export function contentOf(
    restored: Restored,
    entries: readonly Entry[],
    sources: Sources,
): Content {
    const large = entries.filter((entry) => isLarge(entry, sources));
    const small = entries.filter((entry) => !large.includes(entry));
    const whole = async function* (): AsyncGenerator<Buffer> {
        yield* restored.tar();
        yield* tarOfEntries(entries, sources);
        yield TAR_END;
    };
    const laid = entries.map(({ path, kind }) => ({ path, isDirectory: kind === 'directory' }));
    const written = [...restored.written, ...laid];
    if (large.length === 0) return { written, whole, parts: null };
    const placed = large.map((entry, at) => ({ entry, path: `${WAITING}/${at}` }));
    const parts = {
        large: () => waitingTar(placed, sources),
        async *rest() {
            yield* restored.tar();
            yield* tarOfEntries(small, sources);
            for (const { entry, path } of placed) {
                yield linkHeader(entry, mtimeOf(entry, sources), path);
            }
            yield TAR_END;
        },
    };
    return { written, whole, parts };
}

/** What came out of a replay. */
export interface Restored {
    readonly written: readonly Written[];
    tar(): AsyncIterable<Buffer>;
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

const NOTHING = { uid: 0, gid: 0, size: 0, mtimeMs: 0, target: '' };

export function folderHeader(path: string): Buffer {
    return tarHeader({ ...NOTHING, name: path.slice(1), kind: 'directory', mode: 0o700 });
}

/** An entry as another name of the file that waits at `target`; it gets all else that is said here. */
export function linkHeader(entry: Entry, mtimeMs: number, target: string): Buffer {
    const { path, mode, uid, gid } = entry;
    const link = { kind: 'hardlink', target: target.slice(1), size: 0 } as const;
    return tarHeader({ ...link, name: path.slice(1), mode, uid, gid, mtimeMs });
}

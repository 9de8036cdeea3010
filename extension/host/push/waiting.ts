/** Headers of what waits in a folder of ours until the helper puts it in its place. */
import { tarHeader } from '../tar/writer.js';
import type { Entry } from '../core/planner.js';

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

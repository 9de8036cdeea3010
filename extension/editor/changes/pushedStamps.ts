/**
 * In which state files were taken into pushes. A save is told of twice, by its own event and by the
 * watcher, in either order: whichever comes first is pushed, and the other must not cancel that push.
 */
import { statSync } from 'node:fs';

export class TakenFiles {
    readonly #stamps = new Map<string, string>();

    /** Whether there is anything to push: from now on, there is not until the file changes again. */
    take(path: string): boolean {
        const stamp = stampOf(path);
        if (stamp !== null && this.#stamps.get(path) === stamp) return false;
        if (stamp === null) this.#stamps.delete(path);
        else this.#stamps.set(path, stamp);
        return true;
    }

    /** A file that comes back is a new one, even as it was. */
    forget(path: string): void {
        this.#stamps.delete(path);
    }
}

/** At once, for a save waits for nothing; the time of change tells of modes and renames too. */
function stampOf(path: string): string | null {
    try {
        const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
        return [dev, ino, size, mtimeNs, ctimeNs].join(':');
    } catch {
        return null;
    }
}

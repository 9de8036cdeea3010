import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Ahead, Tap } from '../context/contents.js';
import type { ContextEntry } from '../context/entry.js';
import type { LiveContainer } from '../docker/liveContainer.js';
import { WAITING } from '../docker/writing.js';
import { padding, TAR_END } from '../tree/tarWriter.js';
import { fileHeader, folderHeader } from './waiting.js';

/** Pieces on the way from the disk to the daemon, so that neither waits for the other. */
const PIECES = 3;

/**
 * Sends large files into the live container while they are hashed, which takes as long as sending
 * them: what a push has brought there once, the next one most likely brings again.
 */
export class SentAhead implements Ahead {
    readonly #live: LiveContainer;
    readonly #expected = new Set<string>();
    readonly #waiting = new Map<ContextEntry, string>();
    #count = 0;

    public constructor(live: LiveContainer) {
        this.#live = live;
    }

    public expect(file: string): void {
        this.#expected.add(file);
    }

    public at(entry: ContextEntry): string | undefined {
        return this.#waiting.get(entry);
    }

    public tap(file: string, size: number): Tap | null {
        if (!this.#expected.has(file) || !this.#live.canKeepWaiting) return null;
        const path = `${WAITING}/ahead-${this.#count++}`;
        const pipe = new PassThrough({ objectMode: true, highWaterMark: PIECES });
        pipe.write(Buffer.concat([folderHeader(WAITING), fileHeader(path, size)]));
        // Where it fails, the file is sent again in its turn, and that says why.
        pipe.on('error', () => undefined);
        const sent = this.#live.keepWaiting(pipe).then(
            () => true,
            () => {
                pipe.destroy();
                return false;
            },
        );
        let left = size;
        return {
            take: async (bytes) => {
                // More than was said would be taken for the archive's next entry.
                const piece = bytes.subarray(0, left);
                left -= piece.length;
                if (pipe.destroyed || pipe.write(piece)) return;
                await Promise.race([once(pipe, 'drain').catch(() => undefined), sent]);
            },
            end: async (entry) => {
                if (entry === null) pipe.destroy(new Error('The file changed while it was sent'));
                else pipe.end(Buffer.concat([padding(size), TAR_END]));
                if ((await sent) && entry !== null) this.#waiting.set(entry, path);
            },
        };
    }

    public clear(): void {
        this.#waiting.clear();
    }
}

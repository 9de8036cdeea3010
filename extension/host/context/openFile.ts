/** Reading open files of the context, in as few calls as can be. */
import type { FileHandle } from 'node:fs/promises';

/** Read at once: larger pieces gain nothing, smaller ones cost time. */
const PIECE = 1024 * 1024;

/** All bytes of an open file, or null where it has grown meanwhile. */
export async function wholeOf(handle: FileHandle, size: number): Promise<Buffer | null> {
    const bytes = await readUpTo(handle, size + 1, size);
    return bytes.length > size ? null : bytes;
}

/**
 * The first bytes of an open file, fewer where it has no more; in one call as a rule. With so many
 * as are `enough` it does not ask whether there are more.
 */
export async function readUpTo(
    handle: FileHandle,
    length: number,
    enough = length,
): Promise<Buffer> {
    return fill(handle, Buffer.allocUnsafe(length), 0, enough);
}

/**
 * The bytes of an open file between two places, or up to its end, in full pieces but for the last.
 * Each is good until the next is asked for: while one is used, the next is read.
 */
export async function* piecesOf(
    handle: FileHandle,
    from: number,
    to: number,
): AsyncGenerator<Buffer> {
    const length = Math.min(PIECE, to - from);
    if (length <= 0) return;
    const buffers = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)] as const;
    const read = (turn: number, at: number): Promise<Buffer> => {
        const buffer = buffers[turn % 2 === 0 ? 0 : 1];
        const reading = fill(handle, buffer.subarray(0, to - at), at);
        // It is waited for in its turn, and may never be.
        reading.catch(() => undefined);
        return reading;
    };
    let next = read(0, from);
    for (let turn = 1, at = from; at < to; turn++) {
        const piece = await next;
        at += piece.length;
        if (piece.length === length && at < to) next = read(turn, at);
        else at = to;
        if (piece.length > 0) yield piece;
    }
}

/** Reads from a place of the file into the buffer, as much as there is, or at least `enough`. */
async function fill(
    handle: FileHandle,
    buffer: Buffer,
    at: number,
    enough = buffer.length,
): Promise<Buffer> {
    let read = 0;
    while (read < enough) {
        const { bytesRead } = await handle.read(buffer, read, buffer.length - read, at + read);
        if (bytesRead === 0) break;
        read += bytesRead;
    }
    return buffer.subarray(0, read);
}

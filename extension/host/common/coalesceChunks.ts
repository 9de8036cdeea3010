/** Pieces that are smaller are put together. */
const ROOM = 64 * 1024;

/**
 * The same bytes in fewer pieces: each call for a small one costs more than its copy. Each piece is
 * good until the next is asked for.
 */
export async function* gather(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const room = Buffer.allocUnsafeSlow(ROOM);
    let size = 0;
    for await (const piece of pieces) {
        if (size > 0 && size + piece.length > ROOM) {
            yield room.subarray(0, size);
            size = 0;
        }
        if (piece.length > ROOM) {
            yield piece;
        } else {
            room.set(piece, size);
            size += piece.length;
        }
    }
    if (size > 0) yield room.subarray(0, size);
}

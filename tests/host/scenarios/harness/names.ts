/**
 * Names of any bytes as text. As in Python, a byte that is not part of UTF-8 is a lone surrogate:
 * 0xFF is `\udcff`.
 */
import { Buffer } from 'node:buffer';

const ESCAPED = /[\udc80-\udcff]/;

/** What the file system is asked for. */
export function bytesOf(name: string): Buffer | string {
    if (!ESCAPED.test(name)) return name;
    const parts = Array.from(name, (character) => {
        const code = character.codePointAt(0) ?? 0;
        const escaped = code >= 0xdc80 && code <= 0xdcff;
        return escaped ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
    });
    return Buffer.concat(parts);
}

/** The text for a name that the file system gave. */
export function nameOf(bytes: Buffer): string {
    const text = bytes.toString();
    if (Buffer.from(text).equals(bytes)) return text;
    // Sound parts are looked for from the longest, of four bytes, to single ones.
    let name = '';
    for (let at = 0; at < bytes.length;) {
        const length = [4, 3, 2, 1].find((size) => isText(bytes.subarray(at, at + size), size));
        name +=
            length === undefined
                ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
                : bytes.toString('utf8', at, at + length);
        at += length ?? 1;
    }
    return name;
}

/** Whether bytes are one whole character. */
function isText(bytes: Buffer, size: number): boolean {
    const text = bytes.toString();
    return (
        bytes.length === size && Array.from(text).length === 1 && Buffer.from(text).equals(bytes)
    );
}

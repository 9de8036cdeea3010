/** Small tar archives, byte for byte the same every time. */
import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** An archive of plain files, owned by 7:8 and of mode 0640. */
export function tarOf(files: Readonly<Record<string, string>>, compressed = false): Buffer {
    const parts = Object.entries(files).flatMap(([name, text]) => {
        const body = Buffer.from(text);
        return [
            header(name, body.length),
            body,
            Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK),
        ];
    });
    const archive = Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
    return compressed ? gzipSync(archive) : archive;
}

function header(name: string, size: number): Buffer {
    const block = Buffer.alloc(BLOCK);
    const octal = (value: number, at: number, length: number): void => {
        block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
    };
    block.write(name, 0);
    octal(0o640, 100, 8);
    octal(7, 108, 8);
    octal(8, 116, 8);
    octal(size, 124, 12);
    octal(1_700_000_000, 136, 12);
    block.write('        ', 148);
    block.write('0', 156);
    block.write('ustar\x0000', 257);
    octal(
        block.reduce((sum, byte) => sum + byte, 0),
        148,
        8,
    );
    return block;
}

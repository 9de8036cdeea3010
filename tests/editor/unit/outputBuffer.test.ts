import { describe, expect, it } from 'vitest';
import { OutputBuffer } from '../../../extension/editor/sessions/outputBuffer.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function textOf(buffer: OutputBuffer<string>): string {
    return buffer.chunks.map(({ data }) => new TextDecoder().decode(data)).join('');
}

describe('kept output', () => {
    it('drops the oldest beyond its capacity', () => {
        const buffer = new OutputBuffer<string>(10);
        for (const text of ['aaaa', 'bbbb', 'cccc']) buffer.push('step', bytes(text));
        expect(textOf(buffer)).toBe('bbbbcccc');
    });

    it('keeps the end of one piece that is too large', () => {
        const buffer = new OutputBuffer<string>(4);
        buffer.push('step', bytes('0123456789'));
        expect(textOf(buffer)).toBe('6789');
    });

    it('gives the last lines though pieces cut characters in two', () => {
        const buffer = new OutputBuffer<string>(100);
        const whole = bytes('first\nGrüße\nlast\n');
        buffer.push('step', whole.subarray(0, 9));
        buffer.push('step', whole.subarray(9));
        expect(buffer.lastLines(2)).toEqual(['Grüße', 'last']);
    });

    it('holds a hundred thousand pieces within its capacity', () => {
        const buffer = new OutputBuffer<string>(1000);
        for (let count = 0; count < 100_000; count += 1) buffer.push('step', bytes('12345678\n'));
        expect(textOf(buffer).length).toBe(999);
    });
});

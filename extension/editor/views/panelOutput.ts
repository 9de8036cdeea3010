/** Output on its way to the page, in as few and as plain pieces as it can be. */
import type { OutputChunk } from '../../protocol/messages.js';
import type { Record } from '../sessions/operation.js';

export function outputOf(record: Record): OutputChunk[] {
    return joined(
        record.output.chunks.map(({ tag, data }) => ({ record: record.number, step: tag, data })),
    );
}

/** Neighbours of the same step as one: a message of a thousand parts costs more than its bytes. */
export function joined(chunks: readonly OutputChunk[]): OutputChunk[] {
    const groups: { record: number; step: string | null; parts: Uint8Array[] }[] = [];
    for (const { record, step, data } of chunks) {
        const last = groups.at(-1);
        if (last?.record === record && last.step === step) last.parts.push(data);
        else groups.push({ record, step, parts: [data] });
    }
    return groups.map(({ record, step, parts }) => ({ record, step, data: plainBytes(parts) }));
}

/** One Uint8Array: a Buffer, as Docker's streams give, would cross to the page as a list of numbers. */
export function plainBytes(parts: readonly Uint8Array[]): Uint8Array {
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
    }
    return bytes;
}

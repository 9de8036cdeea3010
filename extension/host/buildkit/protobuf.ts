/** As much of protobuf's wire format as BuildKit's session and progress messages need. */

export type Field = number | bigint | Buffer;

/** The fields of a message in order: number and value, bytes for anything with a length. */
export function* fieldsOf(message: Buffer): Generator<[field: number, value: Field]> {
    let at = 0;
    const varint = (): bigint => {
        let value = 0n;
        for (let shift = 0n; ; shift += 7n) {
            const byte = message[at++];
            if (byte === undefined || shift > 63n) throw new Error('A message ends too early');
            value |= BigInt(byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
    };
    while (at < message.length) {
        const key = Number(varint());
        const field = key >>> 3;
        switch (key & 7) {
            case 0:
                yield [field, varint()];
                break;
            case 1:
                yield [field, message.subarray(at, (at += 8))];
                break;
            case 2: {
                const length = Number(varint());
                yield [field, message.subarray(at, (at += length))];
                break;
            }
            case 5:
                yield [field, message.subarray(at, (at += 4))];
                break;
            default:
                throw new Error('A message has a field of an unknown kind');
        }
    }
}

/** A message of fields; what has its type's default value is left out. */
export function message(
    fields: readonly (readonly [field: number, value: Field | string])[],
): Buffer {
    const parts: Buffer[] = [];
    for (const [field, value] of fields) {
        if (typeof value === 'number' || typeof value === 'bigint') {
            if (BigInt(value) === 0n) continue;
            parts.push(varintOf(field << 3), varintOf(value));
        } else if (value.length > 0) {
            const bytes = typeof value === 'string' ? Buffer.from(value) : value;
            parts.push(varintOf((field << 3) | 2), varintOf(bytes.length), bytes);
        }
    }
    return Buffer.concat(parts);
}

function varintOf(value: number | bigint): Buffer {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
        bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
        rest >>= 7n;
    } while (rest > 0n);
    return Buffer.from(bytes);
}

/**
 * Writes tar headers. A generator of buffers that a push fills while it reads files needs neither
 * a stream object per entry nor a copy of the data, which for many small files is most of the time.
 */

const BLOCK = 512;

/** What the name of an extended attribute begins with in an extended header. */
export const XATTR = 'SCHILY.xattr.';

export type TarKind =
    'file' | 'hardlink' | 'symlink' | 'char-device' | 'block-device' | 'directory' | 'fifo';

export interface TarHeader {
    /** The path without a leading slash. */
    readonly name: string;
    readonly kind: TarKind;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly size: number;
    readonly mtimeMs: number;
    /** Of a symlink its text, of a hard link the name of an entry. */
    readonly target: string;
    readonly device?: readonly [major: number, minor: number] | undefined;
    /** Extended attributes, as records of an extended header (`SCHILY.xattr.…`). */
    readonly attributes?: ReadonlyMap<string, Buffer> | undefined;
}

const TYPE: Readonly<Record<TarKind, string>> = {
    file: '0',
    hardlink: '1',
    symlink: '2',
    'char-device': '3',
    'block-device': '4',
    directory: '5',
    fifo: '6',
};

const MAX_OCTAL_7 = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;

/** The header of an entry, with what ustar has no room for in an extended header before it. */
export function tarHeader(header: TarHeader): Buffer {
    const name = header.kind === 'directory' ? `${header.name}/` : header.name;
    const extended = new Map(header.attributes);
    const extend = (key: string, value: string | number): void =>
        void extended.set(key, Buffer.from(String(value)));
    if (!fits(name)) extend('path', name);
    if (!fits(header.target)) extend('linkpath', header.target);
    if (header.uid > MAX_OCTAL_7) extend('uid', header.uid);
    if (header.gid > MAX_OCTAL_7) extend('gid', header.gid);
    if (header.size > MAX_OCTAL_11) extend('size', header.size);
    const own = block(name, TYPE[header.kind], header);
    if (extended.size === 0) return own;
    const body = Buffer.concat([...extended].map(([key, value]) => record(key, value)));
    const before = block('livepush', 'x', {
        ...header,
        size: body.length,
        mode: 0o644,
        target: '',
        device: undefined,
    });
    return Buffer.concat([before, body, padding(body.length), own]);
}

/** What fills the last block of a file's data. */
export function padding(size: number): Buffer {
    return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The two empty blocks that end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

function fits(text: string): boolean {
    // eslint-disable-next-line no-control-regex -- ustar's names are ASCII only.
    return text.length <= 100 && /^[\x01-\x7f]*$/u.test(text);
}

function block(name: string, type: string, header: Omit<TarHeader, 'name' | 'kind'>): Buffer {
    const buffer = Buffer.alloc(BLOCK);
    buffer.write(name.slice(0, 100), 0, 100, 'latin1');
    octal(buffer, 100, 7, header.mode);
    octal(buffer, 108, 7, Math.min(header.uid, MAX_OCTAL_7));
    octal(buffer, 116, 7, Math.min(header.gid, MAX_OCTAL_7));
    octal(buffer, 124, 11, Math.min(header.size, MAX_OCTAL_11));
    octal(buffer, 136, 11, Math.max(0, Math.min(Math.floor(header.mtimeMs / 1000), MAX_OCTAL_11)));
    buffer.write('        ', 148, 'latin1');
    buffer.write(type, 156, 'latin1');
    buffer.write(header.target.slice(0, 100), 157, 100, 'latin1');
    buffer.write('ustar\x0000', 257, 'latin1');
    octal(buffer, 329, 7, header.device?.[0] ?? 0);
    octal(buffer, 337, 7, header.device?.[1] ?? 0);
    let sum = 0;
    for (const byte of buffer) sum += byte;
    buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return buffer;
}

function octal(buffer: Buffer, at: number, digits: number, value: number): void {
    buffer.write(value.toString(8).padStart(digits, '0'), at, digits, 'latin1');
}

/** `<length> <key>=<value>\n`, the length counting itself. */
function record(key: string, value: Buffer): Buffer {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
    let length = rest.length;
    while (String(length).length + rest.length !== length) {
        length = String(length).length + rest.length;
    }
    return Buffer.concat([Buffer.from(String(length)), rest]);
}

import { readTar, type TarEntry } from './reader.js';
import { padding, tarHeader } from './writer.js';

/** The entries of a tar as they came, to be part of another one: without its end. */
export async function* relay(tar: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const entry of readTar(tar, '/')) yield* relayEntry(entry);
}

/** One entry, its names relative to `/`. */
export async function* relayEntry({ header, data }: TarEntry): AsyncGenerator<Buffer> {
    const target = header.kind === 'hardlink' ? header.target.slice(1) : header.target;
    yield tarHeader({ ...header, name: header.name.slice(1), target });
    yield* data;
    yield padding(header.size);
}

import type { ContextTable } from './wasm.js';
import type { ContextEntry } from '../context/entry.js';

const KIND: Readonly<Record<ContextEntry['kind'], number>> = {
    file: 0,
    directory: 1,
    symlink: 2,
    other: 3,
};

/** A file that looks like an archive, which ADD treats differently. */
const ARCHIVE = 4;

/** The context as it crosses into the core: columns, since 100,000 objects would be slow. */
export function tableOf(entries: ReadonlyMap<string, ContextEntry>): ContextTable {
    const list = [...entries.values()];
    return {
        paths: [...entries.keys()].join('\0'),
        kinds: Uint8Array.from(list, (entry) => (entry.archive ? ARCHIVE : KIND[entry.kind])),
        modes: Uint32Array.from(list, (entry) => entry.mode),
        sizes: Float64Array.from(list, (entry) => entry.size),
        digests: list.map((entry) => entry.digest).join('\0'),
        targets: list.map((entry) => entry.target).join('\0'),
    };
}

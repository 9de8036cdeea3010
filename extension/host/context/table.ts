import type { ContextEntry } from './entry.js';

/** The context as it crosses into the core: columns, since 100,000 objects would be slow. */
export interface ContextTable {
    paths: string;
    kinds: Uint8Array;
    modes: Uint32Array;
    sizes: Float64Array;
    digests: string;
    targets: string;
}

const KIND: Readonly<Record<ContextEntry['kind'], number>> = {
    file: 0,
    directory: 1,
    symlink: 2,
    other: 3,
};

export function tableOf(entries: ReadonlyMap<string, ContextEntry>): ContextTable {
    const list = [...entries.values()];
    return {
        paths: [...entries.keys()].join('\0'),
        kinds: Uint8Array.from(list, (entry) => KIND[entry.kind]),
        modes: Uint32Array.from(list, (entry) => entry.mode),
        sizes: Float64Array.from(list, (entry) => entry.size),
        digests: list.map((entry) => entry.digest).join('\0'),
        targets: list.map((entry) => entry.target).join('\0'),
    };
}

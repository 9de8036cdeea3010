import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { readArchive } from '../docker/archive.js';
import { readTar } from '../tar/reader.js';
import type { TarKind } from '../tar/writer.js';

/** What is at a path, as far as a build compares it. */
export interface TreeEntry {
    readonly path: string;
    /** Hard links are the file that they are, so `hardlink` does not occur. */
    readonly kind: Exclude<TarKind, 'hardlink'>;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly size: number;
    /** sha256 of a file's content, else empty. */
    readonly digest: string;
    readonly target: string;
    readonly device: string;
}

export type Listing = Map<string, TreeEntry>;

/** Lists a tar while it streams by; nothing of it is kept but the digests. */
export async function listTar(tar: AsyncIterable<Buffer>, folder: string): Promise<Listing> {
    const listing: Listing = new Map();
    for await (const { header, data } of readTar(tar, folder)) {
        const path = header.name;
        if (header.kind === 'hardlink') {
            const file = listing.get(header.target);
            if (file !== undefined) listing.set(path, { ...file, path });
            continue;
        }
        const hash = header.kind === 'file' ? createHash('sha256') : null;
        if (hash !== null) for await (const chunk of data) hash.update(chunk);
        listing.set(path, {
            path,
            kind: header.kind,
            mode: header.mode,
            uid: header.uid,
            gid: header.gid,
            size: header.size,
            digest: hash?.digest('hex') ?? '',
            target: header.target,
            device: header.kind.endsWith('device') ? (header.device ?? []).join(':') : '',
        });
    }
    return listing;
}

/**
 * Lists a path of a container and all below it; empty where nothing is. Never by `export`, which in
 * Docker before 27.3 leaves a mount and a copy of the container's files behind for ever.
 */
export async function listPath(container: Docker.Container, path: string): Promise<Listing> {
    const tar = await readArchive(container, path);
    return tar === null ? new Map<string, TreeEntry>() : listTar(tar, posix.dirname(path));
}

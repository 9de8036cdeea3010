import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { readArchive } from '../docker/archive.js';
import { readTar } from '../tar/reader.js';
import { XATTR, type TarKind } from '../tar/writer.js';

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
    /** Extended attribute `security.capability` in hex, else empty. */
    readonly capability: string;
    /** Extended attributes `user.*` as text; null where only Docker was asked, which leaves them out. */
    readonly userAttributes: string | null;
}

const CAPABILITY = 'security.capability';

/** The extended attributes of an entry, by name. */
export function attributesOf(
    attributes: ReadonlyMap<string, Buffer>,
    isComplete: boolean,
): Pick<TreeEntry, 'capability' | 'userAttributes'> {
    const user = [...attributes].filter(([name]) => name !== CAPABILITY);
    const text = user.map(([name, value]) => `${name}=${value.toString('hex')}`).sort();
    const capability = attributes.get(CAPABILITY)?.toString('hex') ?? '';
    return { capability, userAttributes: isComplete ? text.join(' ') : null };
}

/** The same from the records of a tar that Docker sends. */
export function sentAttributes(
    records: ReadonlyMap<string, Buffer> | undefined,
): Pick<TreeEntry, 'capability' | 'userAttributes'> {
    const named = [...(records ?? [])].map(
        ([key, value]) => [key.slice(XATTR.length), value] as const,
    );
    return attributesOf(new Map(named), false);
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
            ...sentAttributes(header.attributes),
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

import type Docker from 'dockerode';
import type { Helper } from '../helper/client.js';
import { listPath } from './listing.js';

/**
 * What each path of a container comes from: equal in two containers made from layers of one image
 * where both show the same file of the same layer.
 */
export type Origins = ReadonlyMap<string, string>;

/** By what the file system itself says, without reading any file. */
export async function originsOf(helper: Helper): Promise<Origins> {
    const { entries } = await helper.list({ paths: ['/'], recursive: true });
    return new Map(
        entries.map(({ path, kind, mode, uid, gid, origin }) => [
            path,
            `${kind} ${mode} ${uid} ${gid} ${origin}`,
        ]),
    );
}

/** By what they are and contain, which means to read the whole container. */
export async function originsByContent(container: Docker.Container): Promise<Origins> {
    const listing = await listPath(container, '/');
    return new Map([...listing].map(([path, entry]) => [path, JSON.stringify(entry)]));
}

/** All paths in which two trees can differ, in no order; some of them may turn out to be equal. */
export function differingPaths(one: Origins, other: Origins): Set<string> {
    const paths = new Set<string>();
    for (const [path, origin] of one) if (other.get(path) !== origin) paths.add(path);
    for (const path of other.keys()) if (!one.has(path)) paths.add(path);
    return paths;
}

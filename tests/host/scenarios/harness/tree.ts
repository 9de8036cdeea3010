/** The file tree of a container, and where two of them differ. */
import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import * as tar from 'tar-stream';

export interface Node {
    readonly type: string;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    /** Text of a symbolic link. */
    readonly link: string;
    readonly content: string;
    /** Every name of the same file, where it has several. */
    names: string;
}

export type Tree = Map<string, Node>;

/** What the daemon or the kernel puts into every container. */
const NOT_OF_THE_IMAGE = [
    '.dockerenv',
    'etc/hosts',
    'etc/hostname',
    'etc/resolv.conf',
    'etc/mtab',
    'dev',
    'proc',
    'sys',
];

/**
 * The whole tree of a container, with what its volumes hold. Not by `export`, which in Docker before
 * 27.3 leaves a mount and the container's files behind: thousands of mounts make every start slow.
 */
export async function treeOf(container: Docker.Container): Promise<Tree> {
    const tree = await read(await container.getArchive({ path: '/' }));
    for (const path of NOT_OF_THE_IMAGE) prune(tree, path);
    return tree;
}

/** Forgets a path and all below it. */
export function prune(tree: Tree, path: string): void {
    for (const name of tree.keys()) {
        if (name === path || name.startsWith(`${path}/`)) tree.delete(name);
    }
}

async function read(stream: NodeJS.ReadableStream): Promise<Tree> {
    const tree: Tree = new Map();
    const links = new Map<string, string[]>();
    for await (const entry of stream.pipe(tar.extract())) {
        const { header } = entry;
        const name = clean(header.name);
        if (header.type === 'link') {
            const first = clean(header.linkname);
            links.set(first, [...(links.get(first) ?? [first]), name]);
            entry.resume();
            continue;
        }
        const hash = createHash('sha256');
        for await (const chunk of entry) hash.update(chunk as Buffer);
        tree.set(name, {
            type: header.type,
            mode: header.mode & 0o7777,
            uid: header.uid,
            gid: header.gid,
            link: header.type === 'symlink' ? header.linkname : '',
            content: header.type === 'file' ? hash.digest('hex') : '',
            names: '',
        });
    }
    for (const [first, names] of links) {
        const node = tree.get(first);
        if (node === undefined) continue;
        const text = [...names].sort().join(' ');
        for (const name of names) tree.set(name, { ...node, names: text });
    }
    return tree;
}

function clean(name: string): string {
    return name.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
}

/** One sentence for each path in which `actual` is not what `expected` is. */
export function differences(expected: Tree, actual: Tree): string[] {
    const found: string[] = [];
    for (const [path, want] of expected) {
        const have = actual.get(path);
        if (have === undefined) found.push(`/${path}: missing (${want.type})`);
        else found.push(...facets(path, want, have));
    }
    for (const [path, have] of actual) {
        if (!expected.has(path)) found.push(`/${path}: too much (${have.type})`);
    }
    return found;
}

function facets(path: string, want: Node, have: Node): string[] {
    if (want.type !== have.type) return [`/${path}: is a ${have.type}, should be a ${want.type}`];
    const found: string[] = [];
    const check = (what: string, a: string, b: string): void => {
        if (a !== b) found.push(`/${path}: ${what} is ${b}, should be ${a}`);
    };
    check('mode', want.mode.toString(8), have.mode.toString(8));
    check('owner', `${want.uid}:${want.gid}`, `${have.uid}:${have.gid}`);
    check('link', want.link, have.link);
    check('content', want.content.slice(0, 12), have.content.slice(0, 12));
    check('set of names', want.names, have.names);
    return found;
}

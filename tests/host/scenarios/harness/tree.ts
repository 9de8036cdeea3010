/** The file tree of a container or an image, and where two of them differ. */
import { constants, accessSync } from 'node:fs';
import type Docker from 'dockerode';
import { CLIENT } from './client.js';
import { readTree } from './reader.js';

export interface Node {
    readonly type: string;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    /** Text of a symbolic link. */
    readonly link: string;
    /** sha256 of a file's content. */
    readonly content: string;
    /** Major and minor number. */
    readonly device: string;
    /** Extended attributes, in hexadecimal. */
    readonly attributes: Readonly<Record<string, string>>;
    /** When it was changed, in seconds since 1970. */
    readonly time: number;
    /** Every name of the same file, where it has several. */
    readonly names: readonly string[];
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

/** Contexts and archives of scenarios are older than this, in seconds since 1970; what a step makes is newer. */
export const RECENT = 1_600_000_000;

interface GraphDriver {
    readonly Data: { readonly UpperDir?: string; readonly LowerDir?: string } | null;
}

/** The whole tree of a container, with what its volumes hold. */
export async function treeOf(container: Docker.Container): Promise<Tree> {
    const inspected = await container.inspect();
    const layers = layersOf(inspected.GraphDriver as GraphDriver | undefined);
    const volumes = inspected.Mounts.filter(({ Type, Destination }) => {
        return Type === 'volume' && !Destination.startsWith('/dev/');
    });
    const mounts = Object.fromEntries(
        volumes.map(({ Destination, Source }) => [Destination, Source] as const),
    );
    const question =
        layers === null ? { client: CLIENT, container: container.id } : { layers, mounts };
    return ofTheImage(await readTree(question));
}

/** The tree that a new container of an image has; null where only a container can be read. */
export async function treeOfLayers(image: Docker.Image): Promise<Tree | null> {
    const inspected = await image.inspect();
    const layers = layersOf(inspected.GraphDriver as GraphDriver | undefined);
    return layers === null ? null : ofTheImage(await readTree({ layers, mounts: {} }));
}

/** The directories that the daemon lays over each other, where this machine has them. */
function layersOf(driver: GraphDriver | undefined): string[] | null {
    const { UpperDir: upper, LowerDir: lower } = driver?.Data ?? {};
    if (upper === undefined) return null;
    try {
        accessSync(upper, constants.R_OK);
    } catch {
        return null;
    }
    // What the daemon itself puts into a container has a layer of its own.
    const ofImage = lower?.split(':').filter((path) => !path.endsWith('-init/diff')) ?? [];
    return [upper, ...ofImage].reverse();
}

function ofTheImage(tree: Tree): Tree {
    for (const path of NOT_OF_THE_IMAGE) prune(tree, path);
    return tree;
}

/** Forgets a path and all below it. */
export function prune(tree: Tree, path: string): void {
    for (const name of tree.keys()) {
        if (name === path || name.startsWith(`${path}/`)) tree.delete(name);
    }
}

/** What of two trees is not compared. */
export interface Leniency {
    /** Which names are one file. */
    readonly names?: boolean;
    /** When a file was changed. */
    readonly times?: boolean;
}

/** One sentence for each path in which `actual` is not what `expected` is. */
export function differences(expected: Tree, actual: Tree, leniency: Leniency = {}): string[] {
    const found: string[] = [];
    for (const [path, want] of expected) {
        const have = actual.get(path);
        if (have === undefined) found.push(`/${path}: missing (${want.type})`);
        else found.push(...facets(path, want, have, leniency));
    }
    for (const [path, have] of actual) {
        if (!expected.has(path)) found.push(`/${path}: too much (${have.type})`);
    }
    return found;
}

function facets(path: string, want: Node, have: Node, leniency: Leniency): string[] {
    if (want.type !== have.type) return [`/${path}: is a ${have.type}, should be a ${want.type}`];
    const found: string[] = [];
    const check = (what: string, a: string, b: string): void => {
        if (a !== b) found.push(`/${path}: ${what} is ${b}, should be ${a}`);
    };
    check('mode', want.mode.toString(8), have.mode.toString(8));
    check('owner', `${want.uid}:${want.gid}`, `${have.uid}:${have.gid}`);
    check('link', want.link, have.link);
    check('device', want.device, have.device);
    check('content', want.content.slice(0, 12), have.content.slice(0, 12));
    check('attributes', JSON.stringify(want.attributes), JSON.stringify(have.attributes));
    if (leniency.names !== true) {
        check('set of names', want.names.join(' '), have.names.join(' '));
    }
    if (leniency.times !== true && isTimed(want)) {
        check('time', String(want.time), String(have.time));
    }
    return found;
}

/** Whether a build sets the time: folders change with what is in them, and a step makes files now. */
function isTimed({ type, time }: Node): boolean {
    return type === 'file' && time < RECENT;
}

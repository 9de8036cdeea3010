import type { Difference } from '../api.js';
import type { Listing, TreeEntry } from './listing.js';

/** What is in every container and in no image. */
const NOT_OF_THE_IMAGE = new Set([
    '/.dockerenv',
    '/etc/hosts',
    '/etc/hostname',
    '/etc/resolv.conf',
    '/etc/mtab',
    '/dev',
    '/proc',
    '/sys',
]);

/** Whether a path is Docker's own business and not of the build. */
export function isOfTheImage(path: string): boolean {
    const top = /^\/(?:dev|proc|sys)(?=\/)/u.exec(path)?.[0];
    return top === undefined && path !== '/' && !NOT_OF_THE_IMAGE.has(path);
}

/** In what two entries differ, or null. */
export function differenceOf(expected: TreeEntry, actual: TreeEntry): Difference | null {
    const { path } = expected;
    const differs = (kind: Difference['kind'], from: string, to: string): Difference | null =>
        from === to ? null : { path, kind, expected: from, actual: to };
    const link = expected.kind === 'symlink';
    return (
        differs('type', expected.kind, actual.kind) ??
        differs('type', expected.device, actual.device) ??
        differs('link', expected.target, actual.target) ??
        differs('content', expected.digest, actual.digest) ??
        (link ? null : differs('mode', octal(expected.mode), octal(actual.mode))) ??
        differs('owner', owner(expected), owner(actual)) ??
        differs('attributes', expected.capability, actual.capability) ??
        (hasUserAttributes(expected) && hasUserAttributes(actual)
            ? differs('attributes', expected.userAttributes, actual.userAttributes)
            : null)
    );
}

/** Every path in which two trees differ, in order. */
export function compareListings(
    expected: Listing,
    actual: Listing,
    isCompared: (path: string) => boolean = isOfTheImage,
): Difference[] {
    const found: Difference[] = [];
    for (const entry of expected.values()) {
        if (!isCompared(entry.path)) continue;
        const other = actual.get(entry.path);
        const difference =
            other === undefined
                ? ({
                      path: entry.path,
                      kind: 'missing',
                      expected: entry.kind,
                      actual: 'nothing',
                  } as const)
                : differenceOf(entry, other);
        if (difference !== null) found.push(difference);
    }
    for (const { path, kind } of actual.values()) {
        if (!isCompared(path) || expected.has(path)) continue;
        found.push({ path, kind: 'extra', expected: 'nothing', actual: kind });
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
const owner = ({ uid, gid }: TreeEntry): string => `${uid}:${gid}`;

/** Whether its attributes `user.*` are known. */
function hasUserAttributes(entry: TreeEntry): entry is TreeEntry & { userAttributes: string } {
    return entry.userAttributes !== null;
}

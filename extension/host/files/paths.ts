/** Whether a path is one of those given, or below one; it looks at its own parents, not at all of them. */
export function isAtOrBelow(path: string, tops: ReadonlySet<string>): boolean {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
        if (tops.has(path.slice(0, end))) return true;
    }
    return false;
}

/** Absolute paths without those that are below others of them. */
export function topmost(paths: readonly string[]): string[] {
    const all = new Set(paths);
    return paths.filter((path) => !isAtOrBelow(path.slice(0, path.lastIndexOf('/')), all));
}

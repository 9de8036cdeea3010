/** Whether nothing is at a path: it is missing, or something on its way is no directory. */
export function isMissing(error: unknown): boolean {
    return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}

/** Whether an error of the operating system has this code, for example `EEXIST`. */
export function hasCode(error: unknown, code: string): boolean {
    return error instanceof Error && 'code' in error && error.code === code;
}

/** Why `file` may not import `target` (a package, or a path from the repository with `./`), or null. */
export function refusal(file: string, target: string, typeOnly: boolean): string | null;

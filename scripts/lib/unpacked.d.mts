export function unpacked(suite: string, packages: readonly string[]): Promise<string>;

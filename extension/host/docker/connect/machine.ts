import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/** What the choice of an engine depends on besides settings, so that tests can tell another machine. */
export interface Machine {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly platform: NodeJS.Platform;
    /** Absolute path of the user's home folder. */
    readonly home: string;
}

export function thisMachine(): Machine {
    return { env: process.env, platform: process.platform, home: homedir() };
}

/** An environment variable, where an empty one counts as absent, as for the docker command line. */
export function variable(machine: Machine, name: string): string | null {
    const value = machine.env[name] ?? '';
    return value === '' ? null : value;
}

export function joinPath(machine: Machine, ...parts: readonly string[]): string {
    return (machine.platform === 'win32' ? win32 : posix).join(...parts);
}

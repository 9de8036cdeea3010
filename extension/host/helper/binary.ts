import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HelperUnavailable } from './errors.js';

const architectures: Readonly<Record<string, string>> = {
    amd64: 'x86_64',
    x86_64: 'x86_64',
    arm64: 'aarch64',
    aarch64: 'aarch64',
};

// Beside the bundle, and where the sources run as they are.
const folders = [join(__dirname, 'helper'), join(__dirname, '../../../dist/helper')];

export interface HelperBinary {
    /** As Rust says it: `x86_64`. */
    readonly architecture: string;
    readonly bytes: Buffer;
}

const loaded = new Map<string, Promise<HelperBinary>>();

/** The helper's program for an architecture in Docker's words (`amd64`), read once. */
export function binaryOf(architecture: string): Promise<HelperBinary> {
    const name = architectures[architecture];
    if (name === undefined) {
        return Promise.reject(new HelperUnavailable(`none is made for ${architecture}`));
    }
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const binary = readFirst(folders.map((folder) => join(folder, name, 'livepush-helper'))).then(
        (bytes) => ({ architecture: name, bytes }),
    );
    loaded.set(name, binary);
    // A build that comes later is found then.
    binary.catch(() => loaded.delete(name));
    return binary;
}

async function readFirst(paths: readonly string[]): Promise<Buffer> {
    let cause: unknown;
    for (const path of paths) {
        try {
            return await readFile(path);
        } catch (error) {
            cause = error;
        }
    }
    throw new HelperUnavailable('its program was not built', { cause });
}

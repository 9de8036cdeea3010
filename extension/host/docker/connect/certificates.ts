import { readFile } from 'node:fs/promises';
import { LivepushError, messageOf } from '../../common/errors.js';
import { joinPath, type Machine } from './machine.js';

/** What a TLS connection to an engine shows and demands. */
export interface Certificates {
    /** The authorities to trust; the system's where it is absent. */
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
    /** Whether the engine has to show a certificate of one of these authorities. */
    readonly verify: boolean;
    /** Where they were read, for messages. */
    readonly folder: string;
}

/**
 * Reads `ca.pem`, `cert.pem` and `key.pem` of a folder, each of which may be missing.
 * Throws a LivepushError `connection-invalid` where one cannot be read, or half of a pair is there.
 */
export async function readCertificates(
    machine: Machine,
    folder: string,
    verify: boolean,
): Promise<Certificates> {
    const place = folder.replace(/^~(?=[\\/]|$)/u, () => machine.home);
    const read = (name: string): Promise<Buffer | null> => readPem(joinPath(machine, place, name));
    const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
    if ((cert === null) !== (key === null)) {
        const missing = cert === null ? 'cert.pem' : 'key.pem';
        throw new LivepushError('connection-invalid', `There is no ${missing} in ${folder}`, {
            remedy: 'Put `ca.pem`, `cert.pem` and `key.pem` there, or name another folder.',
            path: folder,
        });
    }
    return {
        verify,
        folder,
        ...(ca === null ? {} : { ca }),
        ...(cert === null ? {} : { cert }),
        ...(key === null ? {} : { key }),
    };
}

/** Whether a folder held any. */
export function hasAny({ ca, cert }: Certificates): boolean {
    return ca !== undefined || cert !== undefined;
}

async function readPem(path: string): Promise<Buffer | null> {
    try {
        return await readFile(path);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return null;
        throw new LivepushError(
            'connection-invalid',
            `${path} cannot be read: ${messageOf(error)}`,
            {
                remedy: 'Give yourself permission to read it, or name another folder.',
                path,
                cause: error,
            },
        );
    }
}

import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CertificateFolders {
    /** `ca.pem`, `cert.pem` and `key.pem` of a server on loopback, and of its client. */
    readonly server: string;
    readonly client: string;
}

/** An authority of its own in `folder`, with a certificate for a server and one for a client. */
export async function makeCertificates(folder: string): Promise<CertificateFolders> {
    const authority = join(folder, 'authority');
    await mkdir(authority, { recursive: true });
    await openssl(authority, [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
        ...['-subj', '/CN=livepush test', '-keyout', 'key.pem', '-out', 'ca.pem'],
    ]);
    const server = await sign(folder, 'server', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
    const client = await sign(folder, 'client', 'extendedKeyUsage=clientAuth');
    return { server, client };
}

async function sign(folder: string, name: string, extension: string): Promise<string> {
    const place = join(folder, name);
    await mkdir(place);
    await writeFile(join(place, 'extensions'), extension);
    await openssl(place, [
        ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`],
        ...['-keyout', 'key.pem', '-out', 'request'],
    ]);
    await openssl(place, [
        ...['x509', '-req', '-in', 'request', '-days', '2', '-out', 'cert.pem'],
        ...['-CA', '../authority/ca.pem', '-CAkey', '../authority/key.pem', '-CAcreateserial'],
        ...['-extfile', 'extensions'],
    ]);
    await copyFile(join(folder, 'authority', 'ca.pem'), join(place, 'ca.pem'));
    return place;
}

function openssl(folder: string, args: readonly string[]): Promise<unknown> {
    return run('openssl', args, { cwd: folder });
}

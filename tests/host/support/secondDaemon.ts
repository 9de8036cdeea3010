/** A Docker daemon of a test's own beside the machine's, with TLS on loopback if asked. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { vi } from 'vitest';
import { makeCertificates } from './certificates.js';

const run = promisify(execFile);

export interface SecondDaemon {
    /** Path of its socket. */
    readonly socket: string;
    /** The port at which it demands TLS. */
    readonly tlsPort: number;
    /** Folder with `ca.pem`, `cert.pem` and `key.pem` of a client that it accepts. */
    readonly certificates: string;
    /** A handle that owes nothing to the code under test. */
    readonly docker: Docker;
    /** Ends it with all its containers; what it has stays for `resume`. */
    pause(): Promise<void>;
    /** Starts it again with what it had. */
    resume(): Promise<void>;
    stop(): Promise<void>;
}

/** Starts one with nothing in it; it needs root, and ends with `stop`. */
export async function startSecondDaemon(): Promise<SecondDaemon> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-daemon-'));
    const socket = join(folder, 'docker.sock');
    const certificates = await makeCertificates(join(folder, 'certificates'));
    const tlsPort = await freePort();
    const bridge = await openBridge();
    // Whatever the machine's own daemon is told in its file is not for this one.
    await writeFile(join(folder, 'daemon.json'), '{}');
    const log = await open(join(folder, 'log'), 'w');
    const options = [
        ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'run')],
        ...['--pidfile', join(folder, 'pid'), '--bridge', bridge, '--iptables=false'],
        ...['--config-file', join(folder, 'daemon.json'), '--storage-driver', 'vfs'],
        ...['--host', `unix://${socket}`, '--host', `tcp://127.0.0.1:${tlsPort}`],
        ...['--tlsverify', '--tlscacert', join(certificates.server, 'ca.pem')],
        ...['--tlscert', join(certificates.server, 'cert.pem')],
        ...['--tlskey', join(certificates.server, 'key.pem')],
    ];
    const docker = new Docker({ socketPath: socket });
    let pause = async (): Promise<void> => Promise.resolve();
    const resume = async (): Promise<void> => {
        const daemon = spawn('dockerd', options, { stdio: ['ignore', log.fd, log.fd] });
        const ended = once(daemon, 'exit').catch(() => undefined);
        pause = async () => {
            daemon.kill('SIGTERM');
            await ended;
        };
        const answers = vi.waitUntil(() => docker.ping().catch(() => null), 60_000);
        const gone = ended.then(async () => {
            const said = await readFile(join(folder, 'log'), 'utf8');
            throw new Error(`dockerd ended: ${said.slice(-2000)}`);
        });
        gone.catch(() => undefined);
        await Promise.race([answers, gone]);
    };
    const stop = async (): Promise<void> => {
        await pause();
        await log.close();
        await run('ip', ['link', 'delete', bridge]);
        await rm(folder, { recursive: true, force: true });
    };
    try {
        await resume();
    } catch (error) {
        await stop();
        throw error;
    }
    return {
        ...{ socket, tlsPort, certificates: certificates.client, docker },
        ...{ pause: () => pause(), resume, stop },
    };
}

/** One of its own: a daemon that is given none removes the one of the machine's daemon. */
async function openBridge(): Promise<string> {
    const number = process.pid % 100;
    const name = `livepush-t${number}`;
    await run('ip', ['link', 'add', name, 'type', 'bridge']);
    // Of the block that is kept for tests of networks.
    await run('ip', ['address', 'add', `198.18.${100 + number}.1/24`, 'dev', name]);
    await run('ip', ['link', 'set', name, 'up']);
    return name;
}

/** A port of loopback that nothing listened at a moment ago. */
export async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
}

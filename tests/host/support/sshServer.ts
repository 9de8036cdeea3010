/** An OpenSSH server of a test's own on loopback, and an `ssh` command that knows the way to it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { freePort } from './secondDaemon.js';

const run = promisify(execFile);

export interface SshServer {
    /** Its folder, with the `ssh` command in `bin`. */
    readonly folder: string;
    readonly pid: number;
    stop(): Promise<void>;
}

/** The hosts that the `ssh` command knows, all of them this machine. */
export const HOSTS = {
    /** Lets the test in. */
    box: 'box',
    /** Has another key than the one that is known. */
    changed: 'changed-box',
    /** Knows no key of the test. */
    locked: 'locked-box',
    /** Nothing listens there. */
    down: 'down-box',
} as const;

/**
 * Starts a server, and puts an `ssh` first on the PATH that reads a config of its own: the real
 * one takes the user’s from the password file, whatever HOME says. `remotePath` is the PATH there.
 */
export async function startSshServer(remotePath = process.env['PATH'] ?? ''): Promise<SshServer> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-ssh-'));
    const file = (name: string): string => join(folder, name);
    for (const name of ['host_key', 'other_key', 'user_key', 'unknown_key']) {
        await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
    }
    const port = await freePort();
    await writeFile(file('authorized_keys'), await readFile(file('user_key.pub')));
    await writeFile(file('sshd_config'), serverConfig(folder, port, remotePath));
    const hostKey = (await readFile(file('host_key.pub'), 'utf8')).trim();
    const otherKey = (await readFile(file('other_key.pub'), 'utf8')).trim();
    await writeFile(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
    await writeFile(file('other_hosts'), `[127.0.0.1]:${port} ${otherKey}\n`);
    await writeFile(file('ssh_config'), clientConfig(folder, port, await freePort()));
    await run('mkdir', ['-p', file('bin'), '/run/sshd']);
    const client = (await run('which', ['ssh'])).stdout.trim();
    await writeFile(file('bin/ssh'), `#!/bin/sh\nexec ${client} -F ${file('ssh_config')} "$@"\n`);
    await chmod(file('bin/ssh'), 0o755);
    vi.stubEnv('PATH', `${file('bin')}${delimiter}${process.env['PATH'] ?? ''}`);
    return { folder, ...(await startServer(folder, port)) };
}

async function startServer(folder: string, port: number): Promise<Pick<SshServer, 'pid' | 'stop'>> {
    const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
        stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    server.stderr.on('data', (data: Buffer) => said.push(data.toString()));
    const ended = once(server, 'exit');
    await vi.waitUntil(async () => {
        if (server.exitCode !== null) throw new Error(`sshd ended: ${said.join('')}`);
        return isOpen(port);
    }, 20_000);
    return {
        pid: server.pid ?? 0,
        async stop() {
            server.kill('SIGTERM');
            await ended;
            await rm(folder, { recursive: true });
        },
    };
}

function serverConfig(folder: string, port: number, remotePath: string): string {
    return [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${folder}/host_key`,
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        `PidFile ${folder}/pid`,
        `SetEnv PATH=${remotePath}`,
        'UsePAM no',
        'PasswordAuthentication no',
        'PermitRootLogin prohibit-password',
        // Its folder is in a place where anybody may write.
        'StrictModes no',
        'MaxStartups 100',
        '',
    ].join('\n');
}

function clientConfig(folder: string, port: number, closedPort: number): string {
    return [
        'Host down-box',
        `    Port ${closedPort}`,
        'Host changed-box',
        `    UserKnownHostsFile ${folder}/other_hosts`,
        'Host locked-box',
        `    IdentityFile ${folder}/unknown_key`,
        'Host !locked-box *',
        `    IdentityFile ${folder}/user_key`,
        'Host *',
        '    HostName 127.0.0.1',
        `    Port ${port}`,
        '    IdentitiesOnly yes',
        `    UserKnownHostsFile ${folder}/known_hosts`,
        '    GlobalKnownHostsFile /dev/null',
        '    StrictHostKeyChecking yes',
        '',
    ].join('\n');
}

async function isOpen(port: number): Promise<boolean> {
    const socket = connect(port, '127.0.0.1');
    try {
        await once(socket, 'connect');
        return true;
    } catch {
        return false;
    } finally {
        socket.destroy();
    }
}

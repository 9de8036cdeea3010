/**
 * `docker compose watch`, from the write to the file seen in the container: it does the pushing by
 * itself, and says nothing when it is done.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { docker as client } from '../../scripts/lib/docker.mjs';

const run = promisify(execFile);

const configuration = `services:
  app:
    build: .
    develop:
      watch:
        - action: sync
          path: ./src
          target: /app/src
`;

/** Only of changes that name a file in which they can be seen; null for all others. */
export async function openComposeWatch(docker, folder, change) {
    if (change.seen === undefined) return null;
    const { path, inContainer } = change.seen;
    writeFileSync(join(folder, 'compose.yaml'), configuration);
    const compose = ['compose', '--project-name', basename(folder).toLowerCase()];
    const options = { cwd: folder };
    const watch = spawn(client(), [...compose, 'watch'], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = await enabled(watch);
    if (said !== null) throw new Error(said);
    const { stdout } = await run(client(), [...compose, 'ps', '--quiet'], options);
    const container = docker.getContainer(stdout.trim());
    const { State } = await container.inspect();
    // The container's files as its first process sees them: looking there costs no exec.
    const seen = `/proc/${State.Pid}/root${inContainer}`;
    return {
        container,
        async push() {
            const wanted = readFileSync(join(folder, path), 'utf8');
            while (read(seen) !== wanted) await pause(1);
        },
        async close() {
            watch.kill('SIGINT');
            await once(watch, 'exit');
            await run(client(), [...compose, 'down', '--timeout', '0', '--rmi', 'local'], options);
        },
    };
}

/** Waits until it watches; else what it said. */
function enabled(watch) {
    let text = '';
    return new Promise((resolve) => {
        for (const stream of [watch.stdout, watch.stderr]) {
            stream.on('data', (data) => {
                text += data;
                if (text.includes('Watch enabled')) resolve(null);
            });
        }
        watch.once('error', (error) => resolve(error.message));
        watch.once('exit', () => resolve(text.trim().split('\n').at(-1)));
    });
}

function read(path) {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        return null;
    }
}

/** Finding a docker client that can build, and asking whether a daemon answers. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { has } from './run.mjs';

/**
 * The client to call. One without plugins may come first on PATH and would use the legacy
 * builder, so the one that has buildx is taken.
 */
export function docker() {
    const candidates = ['docker', '/usr/bin/docker'];
    return candidates.find((path) => has(path, 'buildx', 'version')) ?? 'docker';
}

/** The engine's version where a daemon answers, else null. */
export function daemonVersion() {
    for (const path of ['docker', '/usr/bin/docker']) {
        if (path.startsWith('/') && !existsSync(path)) continue;
        const result = spawnSync(path, ['version', '--format', '{{.Server.Version}}'], {
            encoding: 'utf8',
        });
        if (result.status === 0) return result.stdout.trim();
    }
    return null;
}

/** Which files make a Compose project: found as `docker compose` finds them. */
import { readFile, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { LivepushError } from '../common/errors.js';

const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
    'compose.override.yml',
    'compose.override.yaml',
    'docker-compose.override.yml',
    'docker-compose.override.yaml',
];

/**
 * The files of the project in a folder, in the order in which Compose merges them: those that
 * `COMPOSE_FILE` names (in the environment or in `.env`), else the default one with its override.
 *
 * A further `-f` makes Compose forget its defaults, so they are all named again.
 */
export async function composeFiles(
    directory: string,
    environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
    const env = { ...(await readDotEnv(directory)), ...environment };
    const named = env['COMPOSE_FILE'] ?? '';
    if (named !== '') {
        const separator = env['COMPOSE_PATH_SEPARATOR'] ?? delimiter;
        return named.split(separator).map((path) => absoluteIn(directory, path));
    }
    const file = await firstFile(directory, NAMES);
    if (file === null) {
        throw new LivepushError('compose-failed', `No Compose file in ${directory}`, {
            path: directory,
            remedy: 'Name the file `compose.yaml`, or set `COMPOSE_FILE`.',
        });
    }
    const override = await firstFile(directory, OVERRIDES);
    return override === null ? [file] : [file, override];
}

async function readDotEnv(directory: string): Promise<Partial<Record<string, string>>> {
    try {
        return parseEnv(await readFile(join(directory, '.env'), 'utf8'));
    } catch {
        // Most projects have none; what is wrong with one is Compose's to say.
        return {};
    }
}

function absoluteIn(directory: string, path: string): string {
    return isAbsolute(path) ? path : resolve(directory, path);
}

async function firstFile(directory: string, names: readonly string[]): Promise<string | null> {
    for (const name of names) {
        const path = join(directory, name);
        const found = await stat(path).catch(() => null);
        if (found?.isFile() === true) return path;
    }
    return null;
}

/** Knowing that what was generated is still what its sources would give, without generating it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './run.mjs';

const stampOf = (name) => join(root, 'out/stamps', name);

/**
 * Calls `generate` unless sources and results (files or folders of the repository) are as it left
 * them the last time.
 */
export async function generated(name, { sources, results }, generate) {
    const stamp = stampOf(name);
    const last = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
    const before = digest(sources);
    if (last === `${before} ${digest(results)}`) return;
    await generate();
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, `${before} ${digest(results)}`);
}

/** Of the names and contents of files, also of those below folders. */
function digest(paths) {
    const hash = createHash('sha256');
    for (const path of paths.flatMap(filesBelow).sort()) {
        hash.update(`${path}\0`)
            .update(readFileSync(join(root, path)))
            .update('\0');
    }
    return hash.digest('hex');
}

function filesBelow(path) {
    const absolute = join(root, path);
    if (!existsSync(absolute)) return [];
    if (!statSync(absolute).isDirectory()) return [path];
    return readdirSync(absolute).flatMap((name) => filesBelow(`${path}/${name}`));
}

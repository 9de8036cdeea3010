/** `npm ci`, where node_modules is not what package-lock.json says. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quiet, root, say, script } from './lib/run.mjs';

const stamp = join(root, 'node_modules/.livepush-lock');

export async function ensureModules() {
    const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
    const digest = lock.digest('hex');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
    say('installing the npm packages (about a minute)');
    await quiet('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        hint: 'the npm packages could not be installed; is there a network?',
    });
    writeFileSync(stamp, digest);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(ensureModules);

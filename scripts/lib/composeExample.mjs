/** The Compose project among the examples, edited as a person would and taken down again. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from './docker.mjs';
import { say } from './run.mjs';

/** One edit for each service that is built, and one that runs a step of the build again. */
const edits = [
    {
        what: 'web, a source file',
        path: 'shop/src/web.js',
        change: (text) => text.replace("'Welcome'", "'Good morning'"),
        answer: 'Good morning to The Corner Shop',
    },
    {
        what: 'web, a page that a RUN of an earlier stage makes',
        path: 'shop/pages/index.txt',
        change: () => 'Cake on Sundays.\n',
        answer: '<main>Cake on Sundays.</main>',
    },
    {
        what: 'worker, through the cache that web reads',
        path: 'shop/src/offer.js',
        change: (text) => text.replace('Two rolls', 'Three rolls'),
        answer: 'Three rolls for the price of one',
    },
];

/** Edits a file of each built service and waits for what `live` then answers. */
export async function checkProject(live, folder) {
    for (const { what, path, change, answer } of edits) {
        const text = change(readFileSync(join(folder, path), 'utf8'));
        const time = await live.replace(path, text, answer);
        say(`${what}: ${time.toFixed(0)} ms from the key press that saves to the new answer`);
    }
}

/** Removes what Compose made of the example. */
export function downProject(folder) {
    const args = ['compose', 'down', '--volumes', '--timeout', '1'];
    spawnSync(docker(), args, { cwd: folder, stdio: 'ignore' });
    for (const service of ['web', 'worker']) {
        spawnSync(docker(), ['rmi', `livepush-shop-${service}:livepush`], { stdio: 'ignore' });
    }
}

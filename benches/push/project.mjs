/** Projects to measure with: a folder, its images, and containers of these. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker as client } from '../../scripts/lib/docker.mjs';
import { write } from './changes.mjs';

const run = promisify(execFile);
const label = 'livepush.bench';

/** A folder that holds the project of a change. */
export function createProject(change) {
    const folder = mkdtempSync(join(tmpdir(), 'livepush-bench-'));
    writeFileSync(join(folder, 'Dockerfile'), `${change.dockerfile.join('\n')}\n`);
    write(folder, change.files, change.size, 'first');
    return folder;
}

/** The images of all stages, in order, of the project's Dockerfile or of `text` in its stead. */
export async function build(folder, stages, text) {
    const file = join(folder, text === undefined ? 'Dockerfile' : 'Dockerfile.live');
    if (text !== undefined) writeFileSync(file, text);
    const images = [];
    for (let stage = 0; stage < stages; stage++) {
        const target = stage < stages - 1 ? ['--target', 'builder'] : [];
        const args = ['build', '--quiet', '--label', `${label}=1`, '--file', file];
        const { stdout } = await run(client(), [...args, ...target, folder]);
        images.push(stdout.trim());
    }
    return images;
}

/** A container of an image; one of an earlier stage needs only to be there. */
export async function createContainer(docker, image, idle = false) {
    const container = await docker.createContainer({
        Image: image,
        Labels: { [label]: '1' },
        ...(idle ? { Cmd: ['sleep', '1000000'] } : {}),
    });
    await container.start();
    return container;
}

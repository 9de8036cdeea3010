/**
 * Further engines by hand: `node scripts/engines.mjs containerd` starts one and leaves it running,
 * `node scripts/engines.mjs stop containerd` ends it.
 */
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { engineNames, stopEngine, useEngine } from './lib/engines.mjs';
import { Problem, say, script } from './lib/run.mjs';

async function main() {
    const [word, name = word] = process.argv.slice(2);
    if (word === undefined) throw new Problem(`which engine? ${engineNames.join(', ')}`);
    if (word === 'stop') return stopEngine(name);
    await ensureDocker();
    await ensureImages();
    const { host } = await useEngine(name, 'kept');
    say(`export DOCKER_HOST=${host}`);
}

await script(main);

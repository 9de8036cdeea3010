/**
 * `npm run test:truth`: builds the tables of cases with Docker and compares the core's answers, so
 * that no expectation is only imagined.
 */
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { say, script, show } from './lib/run.mjs';

async function main() {
    await ensureDocker();
    await ensureImages();
    say('asking Docker about every case (minutes)');
    const cargo = ['test', '--locked', '--features', 'truth', '--test', 'truth_*'];
    return show('cargo', [...cargo, '--no-fail-fast']);
}

await script(main);

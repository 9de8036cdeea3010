/** The Python that reads the trees of containers for the scenarios. */
import { aptInstall } from './apt.mjs';
import { has, Problem } from './run.mjs';

const RECENT = ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'];

export async function ensurePython() {
    if (has('python3', ...RECENT)) return;
    // The daemon, too, calls a program for archives of the format xz.
    await aptInstall(['python3', 'xz-utils']);
    if (!has('python3', ...RECENT)) throw new Problem('python3 is older than 3.11');
}

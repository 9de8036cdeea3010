/** Debian packages unpacked into a folder of the cache: nothing of the machine is changed by them. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianRelease, mirror } from './apt.mjs';
import { cache, has, Problem, quiet, say } from './run.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The folder that holds `packages` of a suite of Debian, unpacked. The suite comes from where this
 * machine installs its own packages from, by apt with lists and caches of its own.
 */
export async function unpacked(suite, packages) {
    const place = join(cache, 'engines', 'packages', suite);
    const root = join(place, [...packages].sort().join('+'));
    if (existsSync(root)) return root;
    if (!has('apt-get', '--version') || !has('dpkg', '--version')) {
        throw new Problem(`further engines are unpacked from Debian’s packages: no apt-get here`);
    }
    const source = await mirror(debianRelease() ?? 'bookworm');
    if (source === null) throw new Problem('apt knows no source of this Debian release here');
    const download = join(place, `download-${process.pid}`);
    const apt = prepareApt(place, source, suite);
    mkdirSync(download, { recursive: true });
    say(`fetching ${packages.join(' ')} of Debian ${suite} (half a minute)`);
    try {
        const hint = `apt could not fetch ${packages.join(' ')} of ${suite}`;
        await quiet('apt-get', [...apt, '-q', 'update'], { hint });
        await quiet('apt-get', [...apt, '-q', 'download', ...packages], { hint, cwd: download });
        const whole = join(download, 'root');
        for (const file of readdirSync(download).filter((name) => name.endsWith('.deb'))) {
            await quiet('dpkg', ['-x', join(download, file), whole]);
        }
        // Whole or not at all: another checkout may be at it too.
        if (!existsSync(root)) renameSync(whole, root);
    } finally {
        rmSync(download, { recursive: true, force: true });
    }
    return root;
}

/** Options with which apt looks at one suite only, and writes nothing outside `place`. */
function prepareApt(place, source, suite) {
    const folder = (name) => {
        mkdirSync(join(place, name, 'partial'), { recursive: true });
        return join(place, name);
    };
    const list = join(place, 'sources.list');
    const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
    mkdirSync(place, { recursive: true });
    writeFileSync(list, `deb ${signed}${source} ${suite} main\n`);
    const options = {
        'Dir::Etc::SourceList': list,
        'Dir::Etc::SourceParts': '/dev/null',
        'Dir::Etc::Preferences': '/dev/null',
        'Dir::Etc::PreferencesParts': '/dev/null',
        'Dir::State::Lists': folder('lists'),
        'Dir::Cache': place,
        'Dir::Cache::Archives': folder('archives'),
        'Acquire::Languages': 'none',
        // The downloading user of apt cannot write into the cache.
        'APT::Sandbox::User': 'root',
    };
    return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

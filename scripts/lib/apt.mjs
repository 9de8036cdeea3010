/** Debian packages, installed only where they are missing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { has, output, Problem, quiet, say } from './run.mjs';

const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
let updated = false;

/** Whether a package is installed, whole. */
export function installed(name) {
    const query = ['-W', '-f', '${db:Status-Status}', name];
    return spawnSync('dpkg-query', query, { encoding: 'utf8' }).stdout === 'installed';
}

/** Installs what is missing of `packages` (`name` or `name/suite`). */
export async function aptInstall(packages, time = 'up to a minute') {
    // With a suite, the version matters too, and only apt knows it.
    const missing = packages.filter((name) => name.includes('/') || !installed(name));
    if (missing.length === 0) return;
    requireApt(missing);
    say(`installing ${missing.join(' ')} with apt (${time})`);
    if (!updated) await aptUpdate();
    await quiet('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], {
        env: environment,
        hint: `apt could not install ${missing.join(' ')}`,
    });
}

/** Fetches apt's lists again, once per run or after a source was added. */
export async function aptUpdate() {
    await quiet('apt-get', ['update', '-q'], {
        env: environment,
        hint: 'apt could not fetch its package lists; is there a network?',
    });
    updated = true;
}

/** Says what to install by hand where this machine does not let us. */
export function requireApt(packages) {
    const what = packages.map((name) => name.split('/')[0]).join(', ');
    if (!has('apt-get', '--version')) {
        throw new Problem(
            `no apt-get on this machine: install ${what} by hand, then run this again`,
        );
    }
    if (process.getuid?.() !== 0) {
        throw new Problem(
            `not root: run \`sudo apt-get install ${what.replaceAll(',', '')}\` first`,
        );
    }
}

/** The name of this Debian release, for example `bookworm`, or null elsewhere. */
export function debianRelease() {
    if (!existsSync('/etc/os-release')) return null;
    const text = readFileSync('/etc/os-release', 'utf8');
    if (!/^ID=debian$/m.test(text)) return null;
    return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? null;
}

/** Where this machine itself installs a release from, so that no host is named here; or null. */
export async function mirror(release) {
    if (repositories().length === 0) await aptUpdate();
    return repositories().find(([, name]) => name === release)?.[0] ?? null;
}

function repositories() {
    const targets = ['indextargets', '--format', '$(REPO_URI) $(CODENAME)', 'Created-By: Packages'];
    return output('apt-get', targets)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(' '));
}

/**
 * A Docker Engine that answers: the one that is there, else one installed from Debian and started.
 *
 * Debian 12's own engine is too old (no heredocs, no `COPY --link`), so Debian 13's is put beside
 * Debian 12's runc and containerd, from a source that apt otherwise leaves alone.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { aptInstall, aptUpdate, debianRelease, installed, mirror, requireApt } from './lib/apt.mjs';
import { daemonVersion, docker } from './lib/docker.mjs';
import { cache, has, output, Problem, say, script } from './lib/run.mjs';

const oldestEngine = 23;
const byHand = 'install Docker Engine 23 or newer with its buildx plugin, and start it';

export async function ensureDocker() {
    if (daemonVersion() === null) {
        await ensureEngine();
        if (daemonVersion() === null) await startDaemon();
    }
    const version = daemonVersion();
    if (Number.parseInt(version, 10) < oldestEngine) {
        throw new Problem(`Docker Engine ${version} answers, which is too old: ${byHand}`);
    }
    if (!has(docker(), 'buildx', 'version')) await ensureClient();
}

async function ensureEngine() {
    if (process.env.DOCKER_HOST) {
        throw new Problem(`no Docker daemon answers at DOCKER_HOST=${process.env.DOCKER_HOST}`);
    }
    if (engineVersion() >= oldestEngine) return;
    const release = debianRelease();
    if (release === null) throw new Problem(`no Docker daemon answers: ${byHand}`);
    requireApt(['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose']);
    if (release === 'bookworm') return installBesideBookworm();
    await aptInstall(['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose', 'iptables']);
}

async function ensureClient() {
    const release = debianRelease();
    if (release === null) throw new Problem(`the docker client has no buildx plugin: ${byHand}`);
    if (release === 'bookworm') await addTrixie();
    const suite = release === 'bookworm' ? '/trixie' : '';
    await aptInstall([`docker-cli${suite}`, `docker-buildx${suite}`, `docker-compose${suite}`]);
}

function engineVersion() {
    if (!has('dockerd', '--version')) return 0;
    return Number.parseInt(/version (\d+)/.exec(output('dockerd', ['--version']))?.[1] ?? '0', 10);
}

async function installBesideBookworm() {
    // These bring runc, containerd and tini, which Debian 13's do not install here.
    await aptInstall(['containerd', 'runc', 'tini', 'iptables']);
    await addTrixie();
    await aptInstall(
        ['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose'].map(
            (name) => `${name}/trixie`,
        ),
    );
    if (!installed('docker.io')) throw new Problem(`apt did not install docker.io: ${byHand}`);
}

/** Debian 13 as a second source, of which nothing is taken but what is asked for by name. */
async function addTrixie() {
    if ((await mirror('trixie')) !== null) return;
    const uri = await mirror('bookworm');
    if (uri === null) throw new Problem('apt knows no source of Debian 12 here');
    const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
    const stanza = ['Types: deb', `URIs: ${uri}`, 'Suites: trixie', 'Components: main'];
    if (existsSync(keyring)) stanza.push(`Signed-By: ${keyring}`);
    const pin = ['Package: *', 'Pin: release n=trixie', 'Pin-Priority: 100'];
    mkdirSync('/etc/apt/preferences.d', { recursive: true });
    writeFileSync('/etc/apt/preferences.d/livepush-trixie', `${pin.join('\n')}\n`);
    writeFileSync('/etc/apt/sources.list.d/livepush-trixie.sources', `${stanza.join('\n')}\n`);
    say('adding Debian 13 as a source for Docker Engine 26 (pinned low; half a minute)');
    await aptUpdate();
}

async function startDaemon() {
    if (process.getuid?.() !== 0) {
        throw new Problem('no Docker daemon answers: start it (`sudo systemctl start docker`)');
    }
    say('starting the Docker daemon (a few seconds)');
    removeDeadNetworks();
    const log = join(cache, 'dockerd.log');
    const file = openSync(log, 'w');
    // It outlives the checkout that it is started from.
    const daemon = spawn('dockerd', [], {
        cwd: '/',
        detached: true,
        stdio: ['ignore', file, file],
    });
    let ended = false;
    daemon.once('error', () => (ended = true));
    daemon.once('exit', () => (ended = true));
    daemon.unref();
    // The daemon gives no sign of being ready but an answer.
    for (let tries = 0; tries < 240 && !ended; tries++) {
        if (daemonVersion() !== null) return;
        await pause(250);
    }
    if (daemonVersion() !== null) return;
    const why = /level=(?:fatal|error) msg="([^"]*)"|failed to start daemon: (.*)/g;
    const reason = [...readFileSync(log, 'utf8').matchAll(why)].at(-1);
    throw new Problem(
        `the Docker daemon did not start: ${reason?.[1] ?? reason?.[2] ?? 'no reason given'} (${log})`,
    );
}

/**
 * The network namespaces of containers that died with a killed daemon. They go on answering for
 * their addresses, which the new daemon gives to others.
 */
function removeDeadNetworks() {
    const folder = '/run/docker/netns';
    if (!existsSync(folder) || has('pgrep', 'containerd-shim')) return;
    for (const name of readdirSync(folder)) {
        has('umount', join(folder, name));
        rmSync(join(folder, name), { force: true });
    }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(ensureDocker);

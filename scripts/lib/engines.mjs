/**
 * Further Docker engines beside the machine's own, to test on: each with its own data, socket and
 * bridge below one folder, started when it is needed and stopped by its process id.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { docker } from './docker.mjs';
import { cache, has, output, Problem, say } from './run.mjs';
import { unpacked } from './unpacked.mjs';

const PACKAGES = ['docker.io', 'docker-cli', 'containerd', 'tini-static'];
const DOCKER_28 = { suite: 'sid', packages: PACKAGES };
/** The last release whose API has no `Subpath` for a mount. */
const DOCKER_20 = { suite: 'bookworm', packages: ['docker.io', 'containerd', 'tini-static'] };

/** By name: where an engine's programs come from, and how it is told to be what it is. */
const ENGINES = {
    28: { from: DOCKER_28, config: { 'storage-driver': 'overlay2' } },
    containerd: { from: DOCKER_28, config: { features: { 'containerd-snapshotter': true } } },
    userns: { from: DOCKER_28, config: { 'userns-remap': 'default' } },
    vfs: { from: DOCKER_28, config: { 'storage-driver': 'vfs' } },
    20: { from: DOCKER_20, config: {} },
};

/** Names of the engines that can be started, in the order of their networks. */
export const engineNames = Object.keys(ENGINES);

const RUN = '/run/livepush';
const BASE_IMAGES = ['busybox:latest', 'debian:bookworm', 'node:20'];

/**
 * An engine that answers, with the base images in it: `host` is its address for DOCKER_HOST, and
 * `release` stops it unless another user of it is left: a process, or one that has a name.
 */
export async function useEngine(name, user = String(process.pid)) {
    if (!(name in ENGINES)) {
        throw new Problem(`no engine ${name}: ${engineNames.join(', ')} can be started`);
    }
    if (process.getuid?.() !== 0) throw new Problem(`not root: the engine ${name} needs it`);
    const engine = placesOf(name);
    for (const folder of [engine.run, engine.data, engine.users]) {
        mkdirSync(folder, { recursive: true });
    }
    const mark = join(engine.users, user);
    writeFileSync(mark, '');
    const release = async () => {
        rmSync(mark, { force: true });
        if (!isUsed(engine)) await stopEngine(name);
    };
    try {
        if (!answers(engine)) await start(name, engine);
        await bringImages(engine);
    } catch (error) {
        await release();
        throw error;
    }
    return { name, host: engine.host, release };
}

/** Ends the engine's own process, and waits until it has gone. */
export async function stopEngine(name) {
    const engine = placesOf(name);
    const id = processOf(engine);
    rmSync(engine.users, { recursive: true, force: true });
    if (id !== null) {
        process.kill(id, 'SIGTERM');
        for (let tries = 0; tries < 200 && isAlive(id); tries++) await pause(100);
        if (isAlive(id)) throw new Problem(`the engine ${name} (process ${id}) did not stop`);
    }
    has('ip', 'link', 'delete', engine.bridge);
}

function placesOf(name) {
    const run = join(RUN, name);
    const data = join(cache, 'engines', 'data', name);
    const socket = join(run, 'docker.sock');
    return {
        run,
        data,
        users: join(run, 'users'),
        socket,
        host: `unix://${socket}`,
        pid: join(run, 'docker.pid'),
        log: join(run, 'dockerd.log'),
        bridge: `livepush-${name}`.slice(0, 15),
        // Of the block that is kept for tests of networks.
        address: `198.18.${engineNames.indexOf(name)}.1/24`,
    };
}

function answers({ host }) {
    return spawnSync(docker(), ['-H', host, 'version'], { stdio: 'ignore' }).status === 0;
}

function isAlive(id) {
    try {
        process.kill(id, 0);
        return true;
    } catch {
        return false;
    }
}

/** The process of the engine; a number that another program has now is not it. */
function processOf({ pid, run }) {
    if (!existsSync(pid)) return null;
    const id = Number(readFileSync(pid, 'utf8'));
    const command = `/proc/${id}/cmdline`;
    return existsSync(command) && readFileSync(command, 'utf8').includes(run) ? id : null;
}

function isUsed({ users }) {
    return readdirSync(users).some((id) => {
        if (!/^\d+$/.test(id) || isAlive(Number(id))) return true;
        rmSync(join(users, id), { force: true });
        return false;
    });
}

async function start(name, engine) {
    const { from, config } = ENGINES[name];
    const root = await unpacked(from.suite, from.packages);
    say(`starting the engine ${name} (a few seconds)`);
    openBridge(engine);
    const file = join(engine.run, 'daemon.json');
    writeFileSync(file, JSON.stringify(config));
    const programs = ['usr/bin', 'usr/sbin', 'usr/libexec/docker'].map((each) => join(root, each));
    const args = ['--config-file', file, '--data-root', engine.data, '-p', engine.pid];
    args.push('--exec-root', join(engine.run, 'exec'), '-H', engine.host);
    args.push('--bridge', engine.bridge, '--init-path', join(root, 'usr/bin/tini-static'));
    // The rules of the machine's own engine are left alone; published ports go through the proxy.
    args.push('--iptables=false', '--ip6tables=false', '--ip-masq=false');
    args.push('--userland-proxy-path', proxyOf(programs));
    const log = openSync(engine.log, 'w');
    const daemon = spawn(join(root, 'usr/sbin/dockerd'), args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...process.env, PATH: [...programs, process.env.PATH].join(':') },
    });
    let ended = false;
    daemon.once('error', () => (ended = true));
    daemon.once('exit', () => (ended = true));
    daemon.unref();
    // The daemon gives no sign of being ready but an answer. One that another process has started
    // at the same moment serves as well.
    for (let tries = 0; tries < 240 && !(ended && processOf(engine) === null); tries++) {
        if (answers(engine)) return;
        await pause(250);
    }
    throw new Problem(`the engine ${name} did not start; its log is ${engine.log}`);
}

function proxyOf(programs) {
    const found = programs.map((folder) => join(folder, 'docker-proxy')).find(existsSync);
    return found ?? 'docker-proxy';
}

function openBridge({ bridge, address }) {
    if (has('ip', 'link', 'show', bridge)) return;
    if (!has('ip', '-V')) throw new Problem('no `ip` on this machine: install iproute2');
    output('ip', ['link', 'add', bridge, 'type', 'bridge']);
    output('ip', ['address', 'add', address, 'dev', bridge]);
    output('ip', ['link', 'set', bridge, 'up']);
}

/** The base images come from the machine's own engine, which has made them. */
async function bringImages({ host }) {
    const lacking = (image) =>
        spawnSync(docker(), ['-H', host, 'image', 'inspect', image], { stdio: 'ignore' }).status !==
        0;
    const images = BASE_IMAGES.filter(lacking);
    if (images.length === 0) return;
    say(`bringing ${images.join(', ')} over (up to a minute)`);
    const save = spawn(docker(), ['save', ...images], { stdio: ['ignore', 'pipe', 'inherit'] });
    const loading = ['-H', host, 'load', '--quiet'];
    const load = spawn(docker(), loading, { stdio: [save.stdout, 'ignore', 'inherit'] });
    save.stdout.destroy();
    const codes = await Promise.all(
        [save, load].map((child) => new Promise((resolve) => child.once('exit', resolve))),
    );
    if (codes.some((code) => code !== 0))
        throw new Problem('the base images were not brought over');
}

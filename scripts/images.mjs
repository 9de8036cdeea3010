/**
 * Base images for the examples and the tests, made on this machine and kept in the daemon.
 *
 * Nothing is pulled: `busybox` is Debian's static busybox, `debian:bookworm` is debootstrapped,
 * and `node:20` is that with this machine's own node and npm.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aptInstall, mirror } from './lib/apt.mjs';
import { cache, output, Problem, quiet, say, script } from './lib/run.mjs';
import { docker } from './lib/docker.mjs';

const label = 'livepush.base';

const images = [
    { name: 'busybox:latest', time: 'a second', make: makeBusybox },
    { name: 'debian:bookworm', time: 'about 90 s', make: makeDebian },
    { name: 'node:20', time: 'about 20 s', make: makeNode },
];

export async function ensureImages() {
    for (const image of images) {
        if (exists(image.name)) continue;
        say(`making the base image ${image.name} (${image.time})`);
        await image.make(image.name);
    }
}

function exists(name) {
    return spawnSync(docker(), ['image', 'inspect', name], { stdio: 'ignore' }).status === 0;
}

async function makeBusybox(name) {
    await aptInstall(['busybox-static']);
    const rootfs = mkdtempSync(join(cache, 'busybox-'));
    try {
        for (const folder of ['bin', 'etc', 'root', 'tmp', 'var', 'usr']) {
            mkdirSync(join(rootfs, folder), { mode: folder === 'tmp' ? 0o1777 : 0o755 });
        }
        copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'));
        const applets = output('/bin/busybox', ['--list']).split('\n');
        for (const applet of applets.filter((line) => line !== '' && line !== 'busybox')) {
            symlinkSync('busybox', join(rootfs, 'bin', applet));
        }
        writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
        writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\n');
        await importFolder(rootfs, name, ['CMD ["sh"]']);
    } finally {
        rmSync(rootfs, { recursive: true, force: true });
    }
}

async function makeDebian(name) {
    await aptInstall(['debootstrap']);
    const rootfs = join(cache, 'debian-root');
    const source = await mirror('bookworm');
    if (source === null) {
        throw new Problem(
            'apt knows no source of Debian 12 (bookworm) here, to make an image from',
        );
    }
    // debootstrap marks what it has finished; a half-made tree is made anew.
    if (!existsSync(join(rootfs, 'usr/bin/bash')) || existsSync(join(rootfs, 'debootstrap'))) {
        rmSync(rootfs, { recursive: true, force: true });
        await quiet('debootstrap', ['--variant=minbase', 'bookworm', rootfs, source]);
    }
    rmSync(join(rootfs, 'var/cache/apt/archives'), { recursive: true, force: true });
    await importFolder(rootfs, name, ['CMD ["bash"]']);
    rmSync(rootfs, { recursive: true, force: true });
}

async function makeNode(name) {
    const folder = mkdtempSync(join(cache, 'node-'));
    try {
        copyFileSync(realpathSync(process.execPath), join(folder, 'node'));
        cpSync(npmFolder(), join(folder, 'npm'), { recursive: true, dereference: true });
        const lines = [
            'FROM debian:bookworm',
            'COPY node /usr/local/bin/node',
            'COPY npm /usr/local/lib/node_modules/npm',
            'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\',
            ' && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \\',
            ' && chmod +x /usr/local/lib/node_modules/npm/bin/*-cli.js && npm --version',
            'CMD ["node"]',
        ];
        writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
        await quiet(docker(), ['build', '--label', `${label}=${name}`, '-t', name, folder]);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Where the npm that belongs to this node lives. */
function npmFolder() {
    const near = join(dirname(realpathSync(process.execPath)), '../lib/node_modules/npm');
    if (existsSync(near)) return near;
    const global = join(output('npm', ['root', '--global']).trim(), 'npm');
    if (existsSync(global)) return global;
    throw new Problem('npm’s own folder was not found beside node; install npm');
}

/** `tar | docker import`, without a shell. */
async function importFolder(folder, name, changes) {
    const tar = spawn('tar', ['--numeric-owner', '-C', folder, '-c', '.'], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const options = changes.flatMap((change) => ['--change', change]);
    const args = ['import', '--change', `LABEL ${label}=${name}`, ...options, '-', name];
    const load = spawn(docker(), args, { stdio: [tar.stdout, 'ignore', 'inherit'] });
    // The pipe is between the two now; an end of it kept here would hide tar's death from docker.
    tar.stdout.destroy();
    const codes = await Promise.all(
        [tar, load].map((child) => new Promise((resolve) => child.once('exit', resolve))),
    );
    if (codes.some((code) => code !== 0)) throw new Problem(`the image ${name} was not imported`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await script(ensureImages);

/** What the tests of connections need besides Docker: an OpenSSH server that they start themselves. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { aptInstall, debianRelease, installed } from './lib/apt.mjs';
import { has } from './lib/run.mjs';

const POLICY = '/usr/sbin/policy-rc.d';

/** Where it cannot be installed, the tests that need it are left out. */
export async function ensureSshServer() {
    if (debianRelease() === null || !has('apt-get', '--version')) return;
    if (process.getuid?.() !== 0) return;
    if (['openssh-server', 'openssl'].every(installed)) return;
    // Installing a server starts it, unless this says no: the tests start one of their own.
    const ours = !existsSync(POLICY);
    if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    try {
        await aptInstall(['openssh-server', 'openssl']);
    } finally {
        if (ours) rmSync(POLICY);
    }
}

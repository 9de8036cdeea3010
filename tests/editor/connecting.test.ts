/** Which Docker engine is used: seen, chosen, and said where none can be used. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from 'vitest';
import { cache } from '../../scripts/lib/run.mjs';
import { inWindow } from './support/inWindow.js';
import { json } from './support/session.js';

const project = fileURLToPath(new URL('projects/trouble', import.meta.url));
const config = mkdtempSync(join(cache, 'contexts-'));
afterAll(() => rmSync(config, { recursive: true }));

const nowhere = 'unix:///nowhere/docker.sock';
const here = 'unix:///var/run/docker.sock';

function docker(...args: readonly string[]): void {
    execFileSync('docker', ['--config', config, 'context', ...args], { stdio: 'ignore' });
}

docker('create', 'elsewhere', '--docker', `host=${nowhere}`);
docker('create', 'workshop', '--docker', `host=${here}`, '--description', 'the one at hand');
docker('use', 'elsewhere');

const it = inWindow({ project, env: { DOCKER_CONFIG: config }, workspaceSettings: {} });

describe('the Docker engine', () => {
    it('is the one of the current context, and another can be chosen', async ({
        window,
        workbench,
    }) => {
        await workbench.openFile('bare/Dockerfile');
        await workbench.runCommand('Livepush: Start');
        const message =
            'Docker cannot be reached: there is no socket /nowhere/docker.sock (context elsewhere, currentContext)';
        await workbench.answer(message, 'Select Docker Context');
        await workbench.quickPickRow(nowhere).waitFor();
        await window.picture('docker-contexts');
        await workbench.choose('the one at hand');
        await workbench.quickInput.waitFor({ state: 'hidden' });
        await workbench.start('bare/Dockerfile');
        await workbench.waitForStatus('Live');
    });

    it('is shown where the session is', async ({ window, workbench }) => {
        await workbench.statusItem.hover();
        await workbench.hoverText(`context workshop (${here})`).waitFor();
        await window.picture('docker-context-hover');
        await workbench.runCommand('Livepush: Show Extension Log');
        await workbench.logLine(`context workshop (${here}), chosen by`).waitFor();
    });

    it.for([
        ['a bare word', 'colima', 'neither a scheme, nor a port', 'livepush.dockerContext'],
        ['a file descriptor', 'fd://3', 'cannot connect through fd://', 'ssh://user@host'],
        ['a relative path', 'unix://docker.sock', 'begins with a slash', here],
        ['without a possible port', 'tcp://box:99999', 'no port 99999', 'tcp://127.0.0.1:2375'],
        ['with a password', 'ssh://me:secret@box', 'ssh://me:…@box', 'use a key'],
    ] as const)('cannot be %s', async ([, address, why, remedy], { workbench }) => {
        await workbench.stop();
        await workbench.dismissNotifications();
        await workbench.openFile('.vscode/settings.json');
        await workbench.replaceAll(
            json({ 'livepush.dockerHost': address, 'livepush.dockerContext': '' }),
        );
        await workbench.save();
        await workbench.openFile('bare/Dockerfile');
        await workbench.runCommand('Livepush: Start');
        await workbench.notification(why).waitFor();
        expect(await workbench.notification(why).textContent()).toContain(remedy);
    });
});

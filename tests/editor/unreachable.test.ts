/** Without a daemon, or without leave to speak to it: what a person is told, and the one click. */
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';
import { json } from './support/session.js';

const project = fileURLToPath(new URL('projects/trouble', import.meta.url));
const nowhere = '/nowhere/docker.sock';

const it = inWindow({
    project,
    theme: 'high-contrast-dark',
    asNobody: true,
    workspaceSettings: { 'livepush.dockerHost': `unix://${nowhere}` },
});

describe('a person who cannot reach Docker', () => {
    it('is led to the setting that names the daemon', async ({ window, workbench }) => {
        await workbench.openFile('failing/Dockerfile');
        await workbench.runCommand('Livepush: Start');
        const message = `Docker cannot be reached: there is no socket ${nowhere}. Start Docker`;
        await workbench.notification(message).waitFor();
        await window.pictures('no-daemon');
        await workbench.answer(message, 'Open Settings');
        await workbench.page.locator('.settings-editor').getByText('Docker Host').first().waitFor();
        await workbench.escape();
    });

    it('is handed the command that opens the socket', async ({ window, workbench }) => {
        await workbench.openFile('.vscode/settings.json');
        // The second is seen to be taken, and so is the first.
        const numbers = workbench.editor.locator('.line-numbers').first();
        await numbers.waitFor();
        await workbench.replaceAll(
            json({ 'livepush.dockerHost': '', 'editor.lineNumbers': 'off' }),
        );
        await workbench.save();
        await numbers.waitFor({ state: 'hidden' });
        await workbench.openFile('failing/Dockerfile');
        await workbench.runCommand('Livepush: Start');
        const message = 'You have no permission to open Docker’s socket /var/run/docker.sock. Add';
        await workbench.notification(message).waitFor();
        await window.picture('no-permission');
        await workbench.answer(message, 'Copy Command That Grants Access');
        await expect
            .poll(() => workbench.clipboard())
            .toContain('usermod --append --groups docker');
    });
});

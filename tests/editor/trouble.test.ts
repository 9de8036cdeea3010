/** When things go wrong, or are wanted otherwise: what a person is told, and the one click. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Workbench } from './pages/workbench.js';
import { docker, json, served, TestWindow } from './support/session.js';
import { removeContainer } from './support/workshop.js';

vi.setConfig({ testTimeout: 240_000 });

const project = fileURLToPath(new URL('projects/trouble', import.meta.url));

describe('a person who cannot reach Docker', () => {
    let window: TestWindow;
    let workbench: Workbench;

    const nowhere = 'unix:///nowhere/docker.sock';

    beforeAll(async () => {
        window = await TestWindow.open({
            project,
            theme: 'high-contrast',
            asNobody: true,
            workspaceSettings: { 'livepush.dockerHost': nowhere },
        });
        ({ workbench } = window);
    });

    afterEach(async ({ task }) => {
        await window.pictureOfFailure(task);
    });

    afterAll(async () => {
        await window.close();
    });

    it('is led to the setting that names the daemon', async () => {
        await workbench.openFile('failing/Dockerfile');
        await workbench.runCommand('Livepush: Start');
        await workbench.notification(nowhere.slice('unix://'.length)).waitFor();
        await window.picture('no-daemon-high-contrast');
        await workbench.answer('/nowhere/docker.sock', 'Open Settings');
        await workbench.page.locator('.settings-editor').getByText('Docker Host').first().waitFor();
        await workbench.escape();
    });

    it('is handed the command that opens the socket', async () => {
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
        await workbench.notification('Add yourself to the group').waitFor();
        await window.picture('no-permission-high-contrast');
        await workbench.answer('Add yourself to the group', 'Copy Command That Grants Access');
        await expect
            .poll(() => workbench.clipboard())
            .toContain('usermod --append --groups docker');
    });
});

describe('trouble', () => {
    let window: TestWindow;
    let workbench: Workbench;
    let container = '';

    beforeAll(async () => {
        window = await TestWindow.open({
            project,
            theme: 'high-contrast',
            settings: { 'livepush.pushOn': 'manual', 'livepush.rebuildOn': 'always' },
        });
        ({ workbench } = window);
    });

    afterEach(async ({ task }) => {
        await window.pictureOfFailure(task);
    });

    afterAll(async () => {
        await window.close();
        removeContainer(container);
    });

    async function start(path: string): Promise<void> {
        // What the test before left behind is not to be seen.
        await workbench.stop();
        await workbench.dismissNotifications();
        await workbench.openFile(path);
        await workbench.runCommand('Livepush: Start');
        await workbench.chooseIfAsked('Build and Run');
    }

    it('with a build that fails is shown on its line', async () => {
        await start('failing/Dockerfile');
        await workbench.waitForStatus('Failed');
        await workbench.panel.headline.filter({ hasText: 'failed' }).waitFor();
        await workbench.panel.output('before').waitFor();
        await window.picture('build-failed-high-contrast');
        const problems = await workbench.showProblems();
        await problems.getByText('exit 3').first().waitFor();
    });

    it('with a Dockerfile that cannot be read names the line', async () => {
        await start('unreadable/Dockerfile');
        await workbench.waitForStatus('Failed');
        await workbench.notification('RUNN').waitFor();
        await window.picture('unreadable-high-contrast');
        const problems = await workbench.showProblems();
        await problems.getByText('RUNN').first().waitFor();
    });

    it('is not made by a Dockerfile that was not saved', async () => {
        await workbench.openFile('failing/Dockerfile');
        await workbench.replaceLine(2, 'RUN echo unsaved && exit 4');
        await start('failing/Dockerfile');
        await workbench.waitForStatus('Failed');
        await workbench.panel.output('unsaved').waitFor();
        await workbench.page.locator('.tab.active.dirty').waitFor({ state: 'hidden' });
    });

    it('does not come from an image without a shell, pushed by hand', async () => {
        await start('bare/Dockerfile');
        await workbench.waitForStatus('Live');
        container = await workbench.panel.containerName();
        await served(container, 'A bare page.', performance.now());
        await expect(docker('exec', container, 'sh', '-c', 'true')).rejects.toThrow();
        const pushes = await workbench.panel.history.count();
        await workbench.openFile('bare/www/index.html');
        await workbench.replaceLine(1, '<p>Only when told.</p>');
        await workbench.save();
        rmSync(window.path('bare/www/other.html'));
        await workbench.runCommand('Livepush: Push');
        await served(container, 'Only when told.', performance.now());
        await workbench.panel.headline.filter({ hasText: 'Push: push' }).waitFor();
        expect(await workbench.panel.history.count()).toBe(pushes + 1);
        await expect(docker('cp', `${container}:/www/other.html`, '-')).rejects.toThrow(
            'Could not find the file',
        );
        await window.picture('bare-high-contrast');
    });

    it('does not come from a Dockerfile that is edited, rebuilt without a question', async () => {
        await workbench.openFile('bare/Dockerfile');
        await workbench.replaceLine(5, 'LABEL edited=yes');
        await workbench.save();
        await workbench.panel.session(container).waitFor({ state: 'detached' });
        await workbench.waitForStatus('Live');
        container = await workbench.panel.containerName();
        const label = await docker('inspect', '--format', '{{.Config.Labels.edited}}', container);
        expect(label).toBe('yes');
    });
});

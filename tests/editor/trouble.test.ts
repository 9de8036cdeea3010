/** When things go wrong: what a person is told, and the one click that helps. */
import { afterAll, afterEach, beforeAll, describe, it, vi } from 'vitest';
import type { Workbench } from './pages/workbench.js';
import { TestWindow } from './support/session.js';

vi.setConfig({ testTimeout: 240_000 });

describe('trouble', () => {
    let window: TestWindow;
    let workbench: Workbench;

    beforeAll(async () => {
        window = await TestWindow.open({
            project: 'node',
            theme: 'high-contrast',
            settings: { 'livepush.dockerHost': 'unix:///nowhere/docker.sock' },
        });
        ({ workbench } = window);
        await workbench.openFile('Dockerfile');
    });

    afterEach(async ({ task }) => {
        await window.pictureOfFailure(task);
    });

    afterAll(async () => {
        await window.close();
    });

    it('with no daemon leads to the setting that names it', async () => {
        await workbench.runCommand('Livepush: Start');
        await workbench.notification('/nowhere/docker.sock').waitFor();
        await window.picture('no-daemon-high-contrast');
        await workbench.answer('/nowhere/docker.sock', 'Open Settings');
        await workbench.page.locator('.settings-editor').getByText('Docker Host').first().waitFor();
        await workbench.escape();
    });

    it('with a build that fails is shown on its line', async () => {
        // The workspace's settings win over those of the machine.
        window.setInWorkspace({ 'livepush.dockerHost': '' });
        await workbench.openFile('Dockerfile');
        await workbench.replaceLine(6, 'RUN echo before && exit 3');
        await workbench.save();
        await workbench.runCommand('Livepush: Start');
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Failed');
        await workbench.panel.headline.filter({ hasText: 'failed' }).waitFor();
        await workbench.panel.output('before').waitFor();
        await window.picture('build-failed-high-contrast');
        const problems = await workbench.showProblems();
        await problems.getByText('exit 3').first().waitFor();
    });
});

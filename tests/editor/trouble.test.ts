/** When things go wrong: what a person is told, and the one click that helps. */
import { afterEach, describe, it, vi } from 'vitest';
import { TestWindow, type WindowOptions } from './support/session.js';

vi.setConfig({ testTimeout: 240_000 });

describe('trouble', () => {
    let window: TestWindow | null = null;

    async function open(settings: WindowOptions['settings'] = {}): Promise<TestWindow> {
        window = await TestWindow.open({ project: 'node', theme: 'high-contrast', settings });
        await window.workbench.openFile('Dockerfile');
        return window;
    }

    afterEach(async ({ task }) => {
        await window?.pictureOfFailure(task);
        await window?.close();
        window = null;
    });

    it('with no daemon leads to the setting that names it', async () => {
        const opened = await open({ 'livepush.dockerHost': 'unix:///nowhere/docker.sock' });
        const { workbench } = opened;
        await workbench.runCommand('Livepush: Start');
        await workbench.notification('/nowhere/docker.sock').waitFor();
        await opened.picture('no-daemon-high-contrast');
        await workbench.answer('/nowhere/docker.sock', 'Open Settings');
        await workbench.page.locator('.settings-editor').getByText('Docker Host').first().waitFor();
    });

    it('with a build that fails is shown on its line', async () => {
        const opened = await open();
        const { workbench } = opened;
        await workbench.replaceLine(6, 'RUN echo before && exit 3');
        await workbench.save();
        await workbench.runCommand('Livepush: Start');
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Failed');
        await workbench.panel.headline.filter({ hasText: 'failed' }).waitFor();
        await workbench.panel.output('before').waitFor();
        await opened.picture('build-failed-high-contrast');
        const problems = await workbench.showProblems();
        await problems.getByText('exit 3').first().waitFor();
    });

    it('with a Dockerfile that cannot be read names the line', async () => {
        const opened = await open();
        const { workbench } = opened;
        await workbench.replaceLine(6, 'RUNN npm install');
        await workbench.save();
        await workbench.runCommand('Livepush: Start');
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Failed');
        await workbench.notification('RUNN').waitFor();
        await opened.picture('unreadable-high-contrast');
        const problems = await workbench.showProblems();
        await problems.getByText('RUNN').first().waitFor();
    });
});

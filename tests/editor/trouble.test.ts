/** When things go wrong, or are wanted otherwise: what a person is told, and the one click. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { Workbench } from './pages/workbench.js';
import { inWindow } from './support/inWindow.js';
import { docker, idOf, served } from './support/session.js';

const project = fileURLToPath(new URL('projects/trouble', import.meta.url));

const it = inWindow({
    project,
    theme: 'high-contrast-dark',
    settings: { 'livepush.pushOn': 'manual', 'livepush.rebuildOn': 'always' },
});

/** What the test before left behind is not to be seen. */
async function startAnew(workbench: Workbench, path: string): Promise<void> {
    await workbench.stop();
    await workbench.dismissNotifications();
    await workbench.start(path);
}

describe('trouble', () => {
    let container = '';

    it('with a build that fails is shown on its line', async ({ window, workbench, panel }) => {
        await startAnew(workbench, 'failing/Dockerfile');
        await workbench.waitForStatus('Start failed');
        await panel.headline.filter({ hasText: 'failed' }).waitFor();
        await panel.output('before').waitFor();
        await panel.problem('exit 3').waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await window.pictures('build-failed');
        const problems = await workbench.showProblems();
        await problems.getByText('exit 3').first().waitFor();
    });

    it('with a Dockerfile that cannot be read names the line', async ({
        window,
        workbench,
        panel,
    }) => {
        await startAnew(workbench, 'unreadable/Dockerfile');
        await workbench.waitForStatus('Start failed');
        await panel.problem('RUNN').waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await window.picture('unreadable');
        const problems = await workbench.showProblems();
        await problems.getByText('RUNN').first().waitFor();
    });

    it('is not made by a Dockerfile that was not saved', async ({ workbench, panel }) => {
        await workbench.openFile('failing/Dockerfile');
        await workbench.replaceLine(2, 'RUN echo unsaved && exit 4');
        await startAnew(workbench, 'failing/Dockerfile');
        await workbench.waitForStatus('Start failed');
        await panel.output('unsaved').waitFor();
        await workbench.page.locator('.tab.active.dirty').waitFor({ state: 'hidden' });
    });

    it('with a command for a shell that the image lacks is mended on its line', async ({
        window,
        workbench,
        panel,
    }) => {
        await startAnew(workbench, 'shell-form/Dockerfile');
        await workbench.waitForStatus('Down');
        const message = 'needs /bin/sh, which the image does not have';
        await panel.problem(message).waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await workbench.codeLens('Down: ').waitFor();
        await window.pictures('no-shell');
        await panel.remedy('Open Dockerfile').click();
        await workbench.cursorAt(6).waitFor();
        await workbench.edit(
            'shell-form/Dockerfile',
            6,
            '#dev-cmd-live=["/httpd", "-f", "-p", "8000", "-h", "/www"]',
        );
        await workbench.waitForStatus('Live');
        await served(await panel.containerName(), 'No shell needed.', performance.now());
    });

    it('does not come from an image without a shell, pushed by hand', async ({
        window,
        workbench,
        panel,
    }) => {
        await startAnew(workbench, 'bare/Dockerfile');
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        await served(container, 'A bare page.', performance.now());
        await expect(docker('exec', container, 'sh', '-c', 'true')).rejects.toThrow();
        const pushes = await panel.history.count();
        await workbench.edit('bare/www/index.html', 1, '<p>Only when told.</p>');
        rmSync(window.path('bare/www/other.html'));
        await workbench.runCommand('Livepush: Push');
        await served(container, 'Only when told.', performance.now());
        await panel.headline.filter({ hasText: 'Push: by hand' }).waitFor();
        expect(await panel.history.count()).toBe(pushes + 1);
        await expect(docker('cp', `${container}:/www/other.html`, '-')).rejects.toThrow(
            'Could not find the file',
        );
        await panel.choose('update the live container');
        // There are no backgrounds to tell by, only borders.
        expect(await panel.outlineOf(panel.step('update the live container'))).toBe('solid');
        await window.pictures('bare');
    });

    it('does not come from a Dockerfile that is edited, rebuilt without a question', async ({
        workbench,
        panel,
    }) => {
        const before = await idOf(container);
        await workbench.edit('bare/Dockerfile', 5, 'LABEL edited=yes');
        await expect.poll(() => idOf(container)).not.toBe(before);
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        const label = await docker('inspect', '--format', '{{.Config.Labels.edited}}', container);
        expect(label).toBe('yes');
    });
});

/** A workspace of several folders: each has its own sessions, and settings of its own. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';
import { docker, served } from './support/session.js';

const it = inWindow({
    project: fileURLToPath(new URL('projects/folders', import.meta.url)),
    workspace: 'greeter.code-workspace',
});

describe('the folders of a workspace', () => {
    let left = '';
    let right = '';

    const page = (container: string): Promise<string> =>
        docker('exec', container, 'cat', '/srv/index.html');

    it('are offered with their Dockerfiles', async ({ window, workbench, panel, sideBar }) => {
        await sideBar.showSessions();
        for (const dockerfile of ['left/Dockerfile', 'right/Dockerfile']) {
            await workbench.runCommand('Livepush: Start');
            await workbench.quickPickRow('left/Dockerfile').waitFor();
            await workbench.choose(dockerfile);
            const row = sideBar.row(dockerfile);
            await workbench.chooseIfAsked('Build and Run', row);
            await row.filter({ hasText: 'Live' }).waitFor();
        }
        right = await panel.containerName();
        await panel.showSession('left/Dockerfile');
        await expect.poll(() => panel.containerName()).not.toBe(right);
        left = await panel.containerName();
        await served(left, 'The left side.', performance.now());
        await served(right, 'The right side.', performance.now());
        await window.pictures('folders');
    });

    it('have only their own saves pushed', async ({ workbench, panel }) => {
        await panel.showSession(right);
        await panel.headline.filter({ hasText: 'Build' }).waitFor();
        await workbench.edit('left/index.html', 1, '<p>Saved on the left.</p>');
        await served(left, 'Saved on the left.', performance.now());
        await panel.showSession(right);
        await panel.headline.filter({ hasText: 'Build' }).waitFor();
        expect(await panel.history.count()).toBe(1);
        expect(await page(right)).toBe('<p>The right side.</p>');
    });

    it('leave what other programs change to a push by hand, where they are set so', async ({
        window,
        workbench,
    }) => {
        writeFileSync(window.path('right/index.html'), '<p>Written on the right.</p>\n');
        writeFileSync(window.path('left/index.html'), '<p>Written on the left.</p>\n');
        await served(left, 'Written on the left.', performance.now());
        expect(await page(right)).toBe('<p>The right side.</p>');
        await workbench.openFile('right/index.html');
        await workbench.runCommand('Livepush: Push');
        await served(right, 'Written on the right.', performance.now());
    });
});

/** A person opens the example, starts it, edits, saves, and sees it live. One window throughout. */
import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';
import { measureSaves, report } from './support/report.js';
import { docker, served } from './support/session.js';

const it = inWindow({ project: 'node' });

describe('a session', () => {
    let container = '';

    /** What the session has made besides its live container. */
    async function otherContainers(): Promise<string[]> {
        const format = '{{index .Config.Labels "livepush.session"}} {{.Id}}';
        const [session, live] = (await docker('inspect', '--format', format, container)).split(' ');
        const label = `label=livepush.session=${session ?? ''}`;
        const ids = await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', label);
        return ids.split('\n').filter((id) => id !== live && id !== '');
    }

    it('starts from the lens above the first stage', async ({ workbench, panel }) => {
        await workbench.openFile('Dockerfile');
        await workbench.codeLens('Start Livepush').click();
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        expect(await docker('inspect', '--format', '{{.State.Running}}', container)).toBe('true');
        await served(container, 'Hello, world!', performance.now());
        await panel.headline.filter({ hasText: 'Build' }).waitFor();
    });

    it('shows the application’s own log', async ({ panel }) => {
        await panel.showTab('Application Log');
        await panel.output('listening on port 8080').waitFor();
        await panel.showTab('Output');
    });

    it('pushes what is saved, and says so while it does', async ({ window, workbench, panel }) => {
        await workbench.openFile('src/page.html');
        const seen = await workbench.recordStatus();
        await workbench.replaceLine(4, '<p>Saved by a test.</p>');
        await workbench.page.keyboard.press('Control+S');
        const milliseconds = await served(container, 'Saved by a test.', performance.now());
        await panel.stepIn('src/page.html changed', 'done').waitFor();
        await workbench.waitForStatus('Live');
        const states = await seen();
        expect(states.some((text) => text.startsWith('Pushing'))).toBe(true);
        expect(states.at(-1)).toBe('Live');
        report(`from the key press to the new content: ${milliseconds.toFixed(0)} ms`);
        await window.pictures('pushed');
    });

    it('carries save after save', async ({ window, workbench }) => {
        await workbench.openFile('src/page.html');
        const times = await measureSaves(async (save) => {
            await workbench.replaceLine(4, `<p>Save number ${save}.</p>`);
            await workbench.save();
            await served(container, `Save number ${save}.`, performance.now());
            return {
                onHost: window.path('src/page.html'),
                inContainer: [container, '/usr/src/app/src/page.html'],
            };
        });
        report(`from the file on the disk to the file in the container: ${times}`);
        await workbench.waitForStatus('Live');
    });

    it('runs the steps that a change sets off, with their output', async ({
        window,
        workbench,
        panel,
    }) => {
        await workbench.openFile('greeting/index.js');
        await workbench.replaceLine(3, 'return `Good day, ${whom}!`;');
        const seen = await workbench.recordStatus();
        await workbench.save();
        await panel.step('RUN npm install').waitFor();
        await window.picture('pushing');
        await panel.stepIn('RUN npm install', 'done').waitFor();
        expect((await seen()).some((text) => /^Pushing \d+\/\d+$/u.test(text))).toBe(true);
        await panel.output('up to date').or(panel.output('added')).waitFor();
        await served(container, 'Good day, world!', performance.now());
        await window.picture('replayed');
    });

    it('explains what saving a file would do', async ({ workbench }) => {
        await workbench.openFile('src/server.js');
        await workbench.runCommand('Livepush: Explain What Saving This File Does');
        await workbench.quickPickRow('src/server.js changed').waitFor();
        await workbench.escape();
    });

    it('pushes what another program changes', async ({ window }) => {
        writeFileSync(window.path('src/page.html'), '<p>Written from outside.</p>\n');
        await served(container, 'Written from outside.', performance.now());
    });

    it('holds pushes back while it is paused, and catches up', async ({ workbench }) => {
        await workbench.runCommand('Livepush: Pause');
        await workbench.waitForStatus('Paused');
        await workbench.edit('src/page.html', 1, '<p>Saved in a pause.</p>');
        await workbench.waitForStatus('Paused (1 change)');
        await workbench.runCommand('Livepush: Resume');
        await served(container, 'Saved in a pause.', performance.now());
        await workbench.waitForStatus('Live');
    });

    it('says what failed: in the status bar, in Problems and in the gutter', async ({
        window,
        workbench,
        panel,
    }) => {
        await workbench.edit('package.json', 7, '"greeting": not JSON');
        await panel.stepIn('RUN npm install', 'failed').waitFor();
        await workbench.waitForStatus('Push failed');
        await workbench.openFile('Dockerfile');
        await workbench.codeLens(`Push failed: ${container}`).waitFor();
        await expect.poll(() => workbench.gutterMarks()).toContain('failed');
        await window.pictures('failed');
        const problems = await workbench.showProblems();
        await problems.getByText('npm install').first().waitFor();
        await workbench.edit('package.json', 7, '"greeting": "file:./greeting"');
        await workbench.waitForStatus('Live');
    });

    it('differs from a fresh build in nothing but the logs that npm names by the time', async ({
        workbench,
    }) => {
        await workbench.runCommand('Livepush: Verify Against a Fresh Build');
        await workbench.tab('.differences').waitFor();
        await workbench.editor.getByText('/root/.npm/_logs/').first().waitFor();
        const lines = await workbench.editor.locator('.view-line').allTextContents();
        const paths = lines.slice(1).filter((line) => line.includes('/'));
        expect(paths.filter((line) => !line.includes('/root/.npm/_logs/'))).toEqual([]);
    });

    it('leaves only its live container when its window is closed', async ({ window }) => {
        await expect.poll(otherContainers).not.toEqual([]);
        await window.leave();
        await expect.poll(otherContainers).toEqual([]);
        expect(await docker('inspect', '--format', '{{.State.Running}}', container)).toBe('true');
    });

    it('is taken up by another browser', async ({ window }) => {
        const elsewhere = await window.openElsewhere();
        await elsewhere.waitForStatus('Live');
        await elsewhere.runCommand('Livepush: Show Output');
        expect(await elsewhere.panel.containerName()).toBe(container);
    });

    it('is taken up again after a reload of the window', async ({ workbench }) => {
        await workbench.reload();
        await workbench.waitForStatus('Live');
        await workbench.edit('src/page.html', 1, '<p>Saved after a reload.</p>');
        await served(container, 'Saved after a reload.', performance.now());
    });

    it('says when the container is down, and brings it up again', async ({ workbench, panel }) => {
        await docker('kill', container);
        await workbench.waitForStatus('Down');
        await panel.problem('The application exited with code 137').waitFor();
        await panel.problem('listening on port 8080').waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await panel.remedy('Restart Container').click();
        await workbench.waitForStatus('Live');
        await served(container, 'Saved after a reload.', performance.now());
    });

    it('gets a new container where the old one was removed', async ({ workbench, panel }) => {
        await docker('rm', '--force', container);
        await workbench.waitForStatus('Removed');
        // Neither a restart nor an address of what is no more.
        await expect.poll(() => panel.commands()).toEqual(['Rebuild']);
        await panel.problem('The container was removed').waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await panel.remedy('Rebuild').click();
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        await served(container, 'Saved after a reload.', performance.now());
        await workbench.dismissNotifications();
    });

    it('offers a rebuild when the Dockerfile changes', async ({ workbench, panel }) => {
        await workbench.edit('Dockerfile', 3, 'LABEL edited=yes');
        await workbench.answer('changed: the container shows it after a rebuild', 'Rebuild');
        await workbench.waitForStatus('Rebuilding');
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        await workbench.codeLens(`Live: ${container}`).waitFor();
        const label = await docker('inspect', '--format', '{{.Config.Labels.edited}}', container);
        expect(label).toBe('yes');
    });

    it('shows sessions, containers and steps in a tree', async ({ window, workbench, sideBar }) => {
        await workbench.runCommand('Explorer: Focus on Livepush Sessions View');
        await sideBar.row('Dockerfile').waitFor();
        await sideBar.row(container).waitFor();
        await window.pictures('tree');
    });

    it('stops, and removes its container when told to', async ({ workbench }) => {
        await workbench.runCommand('Livepush: Stop');
        await workbench.answerDialog('Remove Container');
        await workbench.statusItem.waitFor({ state: 'hidden' });
        await expect(docker('inspect', container)).rejects.toThrow();
    });
});

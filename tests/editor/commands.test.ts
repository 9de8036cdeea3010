/** Everything that a person can do to a session, from each place where it is offered. */
import { describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';
import { report } from './support/report.js';
import { docker, idOf, served } from './support/session.js';
import { lines, workshop, write } from './support/workshop.js';

const it = inWindow({ project: workshop, theme: 'light' });

describe('a person', () => {
    let container = '';

    it('is led by a walkthrough before there is a session', async ({
        window,
        workbench,
        panel,
    }) => {
        write(window, 'pace', 'wait');
        await workbench.openWalkthrough('Get Started with Livepush');
        await window.picture('walkthrough');
        await workbench.followWalkthrough('Add a live command', 'Preview Live Dockerfile');
        await workbench.tab('Live ↔ Dockerfile').waitFor();
        await workbench.followWalkthrough('Save a file', 'Show Output');
        // A walkthrough's pictures are a page like the panel's.
        await workbench.closeEditors();
        await panel.welcome.waitFor();
        await workbench.followWalkthrough('Trust it', 'Verify');
        await workbench.notification('There is no session yet').waitFor();
        await workbench.followWalkthrough('Start a session', 'Start');
        await workbench.chooseIfAsked('Build and Run');
        // A walkthrough's pictures are a page like the panel's.
        await workbench.closeEditors();
        await panel.output('the pace is wait').waitFor();
        await panel.button('Cancel').click();
        await workbench.statusItem.waitFor({ state: 'hidden' });
    });

    it('starts from the sessions view, sees the build, and cancels it', async ({
        window,
        workbench,
        panel,
        sideBar,
    }) => {
        await sideBar.showSessions();
        await sideBar.welcomeButton('Start').click();
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Starting');
        await panel.output('the pace is wait').waitFor();
        await sideBar.row('Dockerfile').filter({ hasText: 'Starting' }).waitFor();
        await window.pictures('building');
        await workbench.runCommand('Livepush: Cancel');
        await workbench.statusItem.waitFor({ state: 'hidden' });
    });

    it('stops a session that is still being built', async ({ workbench, panel, sideBar }) => {
        await sideBar.welcomeButton('Start').click();
        await workbench.chooseIfAsked('Build and Run');
        await panel.output('the pace is wait').waitFor();
        await sideBar.clickRowAction('Dockerfile', 'Stop');
        await workbench.statusItem.waitFor({ state: 'hidden' });
    });

    it('starts from the context menu of a Dockerfile', async ({
        window,
        workbench,
        panel,
        sideBar,
    }) => {
        write(window, 'pace', 'go');
        await sideBar.showFiles();
        const file = sideBar.file('Dockerfile');
        await sideBar.chooseInContextMenu(file, 'Start Livepush');
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        await served(container, 'The workshop.', performance.now());
    });

    it('sees how far a push is, and cancels it', async ({ window, workbench, panel }) => {
        await workbench.openFile('Dockerfile');
        await workbench.edit('pace', 1, 'wait');
        await workbench.waitForStatus(/Pushing \d+\/\d+/u);
        await panel.stepIn('grep -q wait', 'running').locator('.clock').waitFor();
        await workbench.openFile('Dockerfile');
        await expect.poll(() => workbench.gutterMarks()).toEqual(['running']);
        await workbench.codeLens('Pushing: ').waitFor();
        await window.pictures('running');
        await workbench.runCommand('Livepush: Cancel');
        await workbench.waitForStatus('Push incomplete');
        await panel.stepIn('grep -q wait', 'pending').waitFor();
        await expect.poll(() => workbench.gutterMarks()).toContain('pending');
        await workbench.hover(lines.pace, 2);
        await workbench.hoverText('Pending: the next push runs it.').waitFor();
        await workbench.escape();
        await workbench.codeLens('Push incomplete: ').waitFor();
        await window.pictures('push-incomplete');
    });

    it('retries from the tree, and cancels from it', async ({ workbench, panel, sideBar }) => {
        await sideBar.showSessions();
        await sideBar.clickRowAction('Dockerfile', 'Retry');
        await workbench.waitForStatus(/Pushing/u);
        await panel.stepIn('grep -q wait', 'running').waitFor();
        await sideBar.clickRowAction('Dockerfile', 'Cancel');
        await workbench.waitForStatus('Push incomplete');
    });

    it('is led on by a click on the status bar', async ({ window, workbench, panel }) => {
        await workbench.statusItem.click();
        await workbench.quickPickRow('Retry').waitFor();
        await window.picture('actions');
        await workbench.choose('Retry');
        await panel.stepIn('grep -q wait', 'running').waitFor();
        await workbench.edit('pace', 1, 'walk');
        await workbench.waitForStatus('Live');
        await workbench.openFile('Dockerfile');
        await expect.poll(() => workbench.gutterMarks()).toEqual([]);
        await workbench.hover(lines.pace, 2);
        await workbench.hoverText('when it last ran').waitFor();
        await workbench.escape();
    });

    it('has nothing pending once the old content is back', async ({ workbench, panel }) => {
        await workbench.edit('pace', 1, 'wait');
        await panel.stepIn('grep -q wait', 'running').waitFor();
        await workbench.runCommand('Livepush: Cancel');
        await workbench.waitForStatus('Push incomplete');
        await workbench.edit('pace', 1, 'walk');
        await workbench.waitForStatus('Live');
        await panel.headline.filter({ hasText: 'nothing to do' }).waitFor();
        await workbench.openFile('Dockerfile');
        await expect.poll(() => workbench.gutterMarks()).toEqual([]);
    });

    it('is asked what to do by the lens of a live Dockerfile', async ({ workbench }) => {
        await workbench.codeLens(`Live: ${container}`).click();
        await workbench.quickPickRow('Verify Against a Fresh Build').waitFor();
        expect(await workbench.quickPickRow('Resume').count()).toBe(0);
        await workbench.escape();
    });

    it('pauses from the tree, pushes in the pause, and resumes', async ({
        window,
        workbench,
        sideBar,
    }) => {
        await sideBar.showSessions();
        await sideBar.clickRowAction('Dockerfile', 'Pause');
        await workbench.waitForStatus('Paused');
        await workbench.edit('www/index.html', 1, '<p>In the pause.</p>');
        await workbench.waitForStatus('Paused (1 change)');
        await window.pictures('paused');
        await sideBar.clickRowAction('Dockerfile', 'Push');
        await served(container, 'In the pause.', performance.now());
        await workbench.waitForStatus('Paused');
        await workbench.edit('www/index.html', 1, '<p>After the pause.</p>');
        await sideBar.clickRowAction('Dockerfile', 'Resume');
        await served(container, 'After the pause.', performance.now());
        await workbench.waitForStatus('Live');
    });

    it('opens the application in the browser', async ({ workbench, sideBar }) => {
        const byCommand = (): Promise<void> => workbench.runCommand('Livepush: Open in Browser');
        const fromTree = (): Promise<void> => sideBar.clickRowAction(container, 'Open in Browser');
        for (const open of [byCommand, fromTree]) {
            const page = await workbench.opened(open);
            await page.getByText('After the pause.').waitFor();
            await page.close();
        }
    });

    it('restarts the container from the tree', async ({ workbench, sideBar }) => {
        const starts = async (): Promise<number> =>
            (await docker('logs', container)).split('serving').length;
        const before = await starts();
        await sideBar.clickRowAction(container, 'Restart Container');
        await expect.poll(starts).toBe(before + 1);
        await workbench.waitForStatus('Live');
    });

    it('has a file explained from its context menu', async ({ workbench, sideBar }) => {
        await sideBar.showFiles();
        const file = sideBar.file('serve.sh');
        await sideBar.chooseInContextMenu(file, 'Explain with Livepush');
        await workbench.quickPickRow('serve.sh changed').waitFor();
        await workbench.escape();
    });

    it('opens the Dockerfile, and from the tree its step', async ({
        workbench,
        panel,
        sideBar,
    }) => {
        await workbench.runCommand('Livepush: Open Dockerfile');
        await workbench.tab('Dockerfile').waitFor();
        await workbench.cursorAt(1).waitFor();
        await workbench.codeLens(`Live: ${container}`).waitFor();
        await workbench.edit('pace', 1, 'run');
        await panel.stepIn('grep -q wait', 'done').waitFor();
        await sideBar.showSessions();
        await sideBar.expand(container);
        await sideBar.row('grep -q wait').click();
        await workbench.cursorAt(lines.pace).waitFor();
    });

    it('is offered a rebuild when the ignore file changes, and the container is swapped', async ({
        window,
        workbench,
        panel,
    }) => {
        const before = await idOf(container);
        write(window, '.dockerignore', 'notes');
        await workbench.answer('.dockerignore', 'Rebuild');
        await expect.poll(() => idOf(container)).not.toBe(before);
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
        await served(container, 'After the pause.', performance.now());
    });

    it('has it rebuilt by command, and from the tree', async ({ workbench, panel, sideBar }) => {
        const byCommand = (): Promise<void> => workbench.runCommand('Livepush: Rebuild');
        const fromTree = (): Promise<void> =>
            sideBar.chooseInContextMenu(sideBar.row('Dockerfile'), 'Rebuild');
        await sideBar.showSessions();
        for (const rebuild of [byCommand, fromTree]) {
            const before = await idOf(container);
            await rebuild();
            await expect.poll(() => idOf(container)).not.toBe(before);
            await workbench.waitForStatus('Live');
            container = await panel.containerName();
            await served(container, 'After the pause.', performance.now());
        }
    });

    it('verifies from the walkthrough', async ({ workbench }) => {
        await workbench.followWalkthrough('Trust it', 'Verify');
        await workbench.notification('is what a fresh build would be').waitFor();
        await workbench.closeEditors();
        await workbench.dismissNotifications();
    });

    it('is told the last words of an application that ends, and restarts it', async ({
        window,
        workbench,
        panel,
        sideBar,
    }) => {
        await workbench.edit('serve.sh', 2, 'echo "cannot open the database"; exit 7');
        await workbench.waitForStatus('Down');
        await panel.problem('cannot open the database').waitFor();
        await panel.output('cannot open the database').waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await sideBar.row('Dockerfile').filter({ hasText: 'Down' }).waitFor();
        await window.pictures('down');
        await workbench.edit('serve.sh', 2, 'exec httpd -f -p 8000 -h www');
        await panel.remedy('Restart Container').click();
        await workbench.waitForStatus('Live');
        await served(container, 'After the pause.', performance.now());
    });

    it('finds what the extension has to say in its log', async ({ workbench, panel }) => {
        await workbench.runCommand('Livepush: Show Extension Log');
        await workbench.page.locator('.output-view .view-lines').click();
        await workbench.page.keyboard.press('Control+Home');
        const line = workbench.logLine('activated in');
        await line.waitFor();
        report(((await line.textContent()) ?? '').replace(/^.*activated/u, 'activated'));
        await workbench.runCommand('Livepush: Show Output');
        await panel.headline.waitFor();
    });

    it('stops from the tree, and what is left is cleaned up', async ({ workbench, sideBar }) => {
        await sideBar.showSessions();
        await sideBar.clickRowAction('Dockerfile', 'Stop');
        await workbench.answerDialog('Remove Container');
        await workbench.statusItem.waitFor({ state: 'hidden' });
        await expect(docker('inspect', container)).rejects.toThrow();
        const commands = await workbench.commandsFor('Livepush: ');
        expect(commands).not.toContain('Livepush: Push');
        await workbench.runCommand('Livepush: Clean Up');
        await workbench
            .notification('clean up')
            .or(workbench.notification('Removed containers'))
            .waitFor();
    });
});

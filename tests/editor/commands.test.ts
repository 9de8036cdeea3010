/** Everything that a person can do to a session, from each place where it is offered. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Workbench } from './pages/workbench.js';
import { report } from './support/report.js';
import { docker, served, type TestWindow } from './support/session.js';
import { lines, openWorkshop, removeContainer, write } from './support/workshop.js';

vi.setConfig({ testTimeout: 240_000 });

const patience = { timeout: 60_000 };

describe('a person', () => {
    let window: TestWindow;
    let workbench: Workbench;
    let container = '';

    beforeAll(async () => {
        window = await openWorkshop({ theme: 'light' });
        ({ workbench } = window);
    });

    afterEach(async ({ task }) => {
        await window.pictureOfFailure(task);
    });

    afterAll(async () => {
        await window.close();
        removeContainer(container);
    });

    async function save(path: string, line: number, text: string): Promise<void> {
        await workbench.openFile(path);
        await workbench.replaceLine(line, text);
        await workbench.save();
    }

    it('finds the way in a walkthrough', async () => {
        await workbench.openWalkthrough('Get Started with Livepush');
        const walkthrough = workbench.page.locator('.gettingStartedContainer');
        for (const step of ['Start a session', 'Save a file', 'Name the live command']) {
            await walkthrough.getByRole('button', { name: step }).first().waitFor();
        }
        await window.picture('walkthrough-light');
        await workbench.closeEditors();
    });

    it('starts from the sessions view, sees the build, and cancels it', async () => {
        write(window, 'pace', 'wait');
        await workbench.sideBar.showSessions();
        await workbench.sideBar.welcomeButton('Start').click();
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Starting');
        await workbench.notification('the pace is wait').waitFor();
        await workbench.panel.output('the pace is wait').waitFor();
        await window.pictures('building');
        await workbench.answer('the pace is wait', 'Cancel');
        await workbench.statusItem.waitFor({ state: 'hidden' });
    });

    it('stops a session that is still being built', async () => {
        await workbench.sideBar.welcomeButton('Start').click();
        await workbench.chooseIfAsked('Build and Run');
        await workbench.notification('the pace is wait').waitFor();
        await workbench.sideBar.clickRowAction('Dockerfile', 'Stop');
        await workbench.statusItem.waitFor({ state: 'hidden' });
        await workbench.notification('the pace is wait').waitFor({ state: 'hidden' });
    });

    it('starts from the context menu of a Dockerfile', async () => {
        write(window, 'pace', 'go');
        await workbench.sideBar.showFiles();
        const file = workbench.sideBar.file('Dockerfile');
        await workbench.sideBar.chooseInContextMenu(file, 'Start');
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Live');
        container = await workbench.panel.containerName();
        await served(container, 'The workshop.', performance.now());
    });

    it('sees how far a push is, and cancels it', async () => {
        await workbench.openFile('Dockerfile');
        await save('pace', 1, 'wait');
        await workbench.waitForStatus(/Pushing \d+\/\d+/u);
        await workbench.panel.stepIn('grep -q wait', 'running').locator('.clock').waitFor();
        await workbench.openFile('Dockerfile');
        await expect.poll(() => workbench.gutterMarks(), patience).toEqual(['running']);
        await window.pictures('running');
        await workbench.runCommand('Livepush: Cancel Push');
        await workbench.waitForStatus('Owed');
        await workbench.panel.stepIn('grep -q wait', 'owed').waitFor();
        await expect.poll(() => workbench.gutterMarks(), patience).toContain('owed');
        await workbench.hover(lines.pace, 2);
        await workbench.hoverText('It is owed: the next push runs it.').waitFor();
        await workbench.escape();
        await window.picture('owed-light');
    });

    it('retries from the tree, and cancels from it', async () => {
        await workbench.sideBar.showSessions();
        await workbench.sideBar.clickRowAction('Dockerfile', 'Retry');
        await workbench.waitForStatus(/Pushing/u);
        await workbench.panel.stepIn('grep -q wait', 'running').waitFor();
        await workbench.sideBar.clickRowAction('Dockerfile', 'Cancel Push');
        await workbench.waitForStatus('Owed');
    });

    it('is led on by a click on the status bar', async () => {
        await workbench.statusItem.click();
        await workbench.quickPickRow('Retry').waitFor();
        await window.picture('actions-light');
        await workbench.choose('Retry');
        await workbench.panel.stepIn('grep -q wait', 'running').waitFor();
        await save('pace', 1, 'walk');
        await workbench.waitForStatus('Live');
        await workbench.openFile('Dockerfile');
        await expect.poll(() => workbench.gutterMarks(), patience).toEqual([]);
        await workbench.hover(lines.pace, 2);
        await workbench.hoverText('when it last ran').waitFor();
        await workbench.escape();
    });

    it('owes nothing more once the old content is back', async () => {
        await save('pace', 1, 'wait');
        await workbench.panel.stepIn('grep -q wait', 'running').waitFor();
        await workbench.runCommand('Livepush: Cancel Push');
        await workbench.waitForStatus('Owed');
        await save('pace', 1, 'walk');
        await workbench.waitForStatus('Live');
        await workbench.panel.headline.filter({ hasText: 'nothing to do' }).waitFor();
        await workbench.openFile('Dockerfile');
        await expect.poll(() => workbench.gutterMarks(), patience).toEqual([]);
    });

    it('is asked what to do by the lens of a live Dockerfile', async () => {
        await workbench.codeLens(`Live: ${container}`).click();
        await workbench.quickPickRow('Verify Against a Fresh Build').waitFor();
        expect(await workbench.quickPickRow('Resume').count()).toBe(0);
        await workbench.escape();
    });

    it('pauses and resumes from the tree', async () => {
        await workbench.sideBar.showSessions();
        await workbench.sideBar.clickRowAction('Dockerfile', 'Pause');
        await workbench.waitForStatus('Paused');
        await save('www/index.html', 1, '<p>After the pause.</p>');
        await window.picture('paused-light');
        await workbench.sideBar.clickRowAction('Dockerfile', 'Resume');
        await served(container, 'After the pause.', performance.now());
        await workbench.waitForStatus('Live');
    });

    it('opens the application in the browser', async () => {
        const page = await workbench.opened(() =>
            workbench.runCommand('Livepush: Open in Browser'),
        );
        await page.getByText('After the pause.').waitFor();
        await page.close();
    });

    it('opens the Dockerfile, and from the tree its step', async () => {
        await workbench.runCommand('Livepush: Open Dockerfile');
        await workbench.tab('Dockerfile').waitFor();
        await workbench.cursorAt(1).waitFor();
        await workbench.codeLens(`Live: ${container}`).waitFor();
        await save('pace', 1, 'run');
        await workbench.panel.stepIn('grep -q wait', 'done').waitFor();
        await workbench.sideBar.showSessions();
        await workbench.sideBar.expand(container);
        await workbench.sideBar.row('grep -q wait').click();
        await workbench.cursorAt(lines.pace).waitFor();
    });

    it('is offered a rebuild when the ignore file changes, and the container is swapped', async () => {
        write(window, '.dockerignore', 'notes');
        await workbench.answer('.dockerignore', 'Rebuild');
        await workbench.panel.session(container).waitFor({ state: 'detached' });
        await workbench.waitForStatus('Live');
        container = await workbench.panel.containerName();
        await served(container, 'After the pause.', performance.now());
    });

    it('has it rebuilt by command', async () => {
        await workbench.runCommand('Livepush: Rebuild');
        await workbench.panel.session(container).waitFor({ state: 'detached' });
        await workbench.waitForStatus('Live');
        container = await workbench.panel.containerName();
        await served(container, 'After the pause.', performance.now());
    });

    it('is told the last words of an application that ends, and restarts it', async () => {
        await save('serve.sh', 2, 'echo "cannot open the database"; exit 7');
        await workbench.waitForStatus('Container Down');
        await workbench.notification('cannot open the database').waitFor();
        await workbench.panel.output('cannot open the database').waitFor();
        await window.pictures('down');
        await save('serve.sh', 2, 'exec httpd -f -p 8000 -h www');
        await workbench.answer('cannot open the database', 'Restart Container');
        await workbench.waitForStatus('Live');
        await served(container, 'After the pause.', performance.now());
    });

    it('finds what the extension has to say in its log', async () => {
        await workbench.runCommand('Livepush: Show Log of the Extension');
        const line = workbench.logLine('activated in');
        await line.waitFor();
        report(((await line.textContent()) ?? '').replace(/^.*activated/u, 'activated'));
        await workbench.runCommand('Livepush: Show Output');
        await workbench.panel.headline.waitFor();
    });

    it('stops from the tree, and what is left is cleaned up', async () => {
        await workbench.sideBar.showSessions();
        await workbench.sideBar.clickRowAction('Dockerfile', 'Stop');
        await workbench.answerDialog('Remove Container');
        await workbench.statusItem.waitFor({ state: 'hidden' });
        await expect(docker('inspect', container)).rejects.toThrow();
        container = '';
        const commands = await workbench.commandsFor('Livepush: ');
        expect(commands).not.toContain('Livepush: Push');
        await workbench.runCommand('Livepush: Clean Up');
        await workbench
            .notification('clean up')
            .or(workbench.notification('left behind'))
            .waitFor();
    });
});

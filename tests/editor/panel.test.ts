/** The panel view: a push as a picture, its output, the application's log, the history. */
import { describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';
import { served } from './support/session.js';
import { lines, workshop } from './support/workshop.js';

const it = inWindow({ project: workshop });

describe('the panel', () => {
    let container = '';

    it('starts a session while there is none', async ({ window, workbench, panel }) => {
        await workbench.runCommand('Livepush: Show Output');
        await panel.welcome.waitFor();
        await window.pictures('welcome');
        await panel.welcome.getByRole('button', { name: 'Start' }).click();
        await workbench.chooseIfAsked('Build and Run');
        await workbench.waitForStatus('Live');
        container = await panel.containerName();
    });

    it('takes the application’s log up again when it restarts', async ({ workbench, panel }) => {
        await panel.showTab('Application Log');
        await panel.output('serving <p>The workshop.</p>').waitFor();
        await workbench.edit('www/index.html', 1, '<p>Served anew.</p>');
        await panel.output('serving <p>Served anew.</p>').waitFor();
        await panel.showTab('Output');
        await panel.headline.getByText('restarted').waitFor();
        await served(container, 'Served anew.', performance.now());
    });

    it('shows a hundred thousand lines', async ({ window, workbench, panel }) => {
        await workbench.edit('lines', 1, '100000');
        await panel.output('all is packed').waitFor();
        await panel.stepIn('RUN seq 1', 'done').waitFor();
        await workbench.waitForStatus('Live');
        await window.pictures('hundred-thousand');
    });

    it('finds text in them', async ({ window, workbench, panel }) => {
        await workbench.runCommand('Livepush: Find in Output');
        await panel.find('54321');
        await panel.output('54321').waitFor();
        expect(await panel.noMatch.isVisible()).toBe(false);
        await window.picture('found');
        await panel.find('no such line');
        await panel.noMatch.waitFor();
        await workbench.escape();
        await panel.noMatch.waitFor({ state: 'hidden' });
    });

    it('shows one step’s output, and copies it', async ({ workbench, panel }) => {
        await panel.choose('RUN seq 1');
        await panel.output('100000').waitFor();
        await panel.button('Copy').click();
        const copied = async (): Promise<string[]> =>
            (await workbench.clipboard()).trimEnd().split('\n');
        await expect.poll(async () => (await copied()).at(-1)).toBe('100000');
        expect(await copied()).toHaveLength(100_000);
        await panel.choose('RUN seq 1');
        await panel.output('all is packed').waitFor();
    });

    it('shows the steps that are looked for', async ({ workbench, panel }) => {
        await workbench.edit('pace', 1, 'run');
        await panel.stepIn('grep -q wait', 'done').waitFor();
        await workbench.waitForStatus('Live');
        const all = await panel.shownSteps.count();
        await panel.filterField.fill('seq');
        await expect.poll(() => panel.shownSteps.count()).toBeLessThan(all);
        await panel.step('RUN seq 1').waitFor();
        await panel.filterField.fill('');
        await expect.poll(() => panel.shownSteps.count()).toBe(all);
    });

    it('leads from a step to its line of the Dockerfile', async ({ workbench, panel }) => {
        await panel.openDockerfileAt('RUN seq 1');
        await workbench.tab('Dockerfile').waitFor();
        await workbench.cursorAt(lines.count).waitFor();
    });

    it('has roles and names for a screen reader', async ({ panel }) => {
        const { frame } = panel;
        await frame.getByRole('combobox', { name: 'Session' }).waitFor();
        await frame.getByRole('combobox', { name: 'History' }).waitFor();
        await frame
            .getByRole('toolbar', { name: 'Session' })
            .getByRole('button', { name: 'Push' })
            .waitFor();
        const steps = frame.getByRole('region', { name: 'Steps' });
        await steps.getByRole('searchbox', { name: 'Filter steps' }).waitFor();
        const list = steps.getByRole('list', { name: 'Stage 0' });
        await list.getByRole('button', { name: /^RUN seq 1 .*, done$/u }).waitFor();
        await frame.getByRole('tab', { name: 'Output', selected: true }).waitFor();
        await frame.getByRole('tabpanel', { name: 'Output' }).waitFor();
        expect(await frame.getByRole('button', { name: /^$/u }).count()).toBe(0);
    });

    it('is walked through with the keyboard, its steps being one stop of it', async ({
        workbench,
        panel,
    }) => {
        const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
        const first = panel.shownSteps.first();
        const second = panel.shownSteps.nth(1);
        const last = panel.shownSteps.last();
        await panel.filterField.focus();
        await press('Tab');
        // It comes to where the person was last.
        await panel.frame.locator('.stages button:focus').waitFor();
        await press('Home');
        await panel.focusedStep(first).waitFor();
        await press('End');
        await panel.focusedStep(last).waitFor();
        await press('ArrowDown');
        await panel.focusedStep(last).waitFor();
        await press('Home');
        await panel.focusedStep(first).waitFor();
        await press('ArrowDown');
        await panel.focusedStep(second).waitFor();
        expect(await panel.outlineOf(panel.focusedStep(second))).toBe('solid');
        await press('Tab');
        await panel.frame.locator('[role="tab"]:focus').waitFor();
        await press('Shift+Tab');
        await panel.focusedStep(second).waitFor();
        await press('Enter');
        await second.locator('.choose[aria-pressed="true"]').waitFor();
        await press('Space');
        await second.locator('.choose[aria-pressed="false"]').waitFor();
    });

    it('leads to a line of the Dockerfile by the keyboard too', async ({ workbench, panel }) => {
        await workbench.closeEditors();
        const step = panel.step('RUN seq 1');
        await step.locator('.choose').focus();
        await workbench.page.keyboard.press('ArrowRight');
        await step.locator('.line:focus').waitFor();
        await workbench.page.keyboard.press('ArrowLeft');
        await panel.focusedStep(step).waitFor();
        await workbench.page.keyboard.press('ArrowRight');
        await workbench.page.keyboard.press('Enter');
        await workbench.cursorAt(lines.count).waitFor();
    });

    it('shows earlier pushes again', async ({ window, panel }) => {
        await panel.lookAt('www/index.html');
        await panel.headline.filter({ hasText: 'saved www/index.html' }).waitFor();
        expect(await panel.step('RUN seq 1').count()).toBe(0);
        await window.picture('history');
        await panel.lookAt('saved lines');
        await panel.step('RUN seq 1').waitFor();
    });

    it('is emptied by its button or by command, and goes on', async ({ workbench, panel }) => {
        await panel.clear();
        await panel.frame.getByText('Save a file to see what it does.').waitFor();
        await workbench.edit('www/index.html', 1, '<p>And again.</p>');
        await panel.stepIn('www/index.html changed', 'done').waitFor();
        await panel.announcement('Push: saved www/index.html done').waitFor({ state: 'attached' });
        await workbench.runCommand('Livepush: Clear Output');
        await panel.frame.getByText('Save a file to see what it does.').waitFor();
    });

    it('shows the same again after it was hidden', async ({ workbench, panel }) => {
        await workbench.edit('www/index.html', 1, '<p>Once more.</p>');
        await panel.stepIn('www/index.html changed', 'done').waitFor();
        await workbench.runCommand('View: Toggle Panel Visibility');
        await workbench.runCommand('Livepush: Show Output');
        await panel.stepIn('www/index.html changed', 'done').waitFor();
    });
});

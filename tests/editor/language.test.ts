/** The Dockerfile editor, in restricted mode: what it offers needs neither Docker nor trust. */
import { describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';

const it = inWindow({ project: 'node', trust: true, theme: 'light' });

describe('a Dockerfile in restricted mode', () => {
    it('has its directives highlighted', async ({ workbench }) => {
        await workbench.answerDialogIfShown('No, I don');
        await workbench.openFile('Dockerfile');
        const name = workbench.editor.locator('.view-line span span', { hasText: 'dev-cmd-live' });
        const comment = workbench.editor.locator('.view-line span span', { hasText: 'For' });
        const classOf = (text: typeof name): Promise<string | null> =>
            text.first().getAttribute('class');
        // Colours come a moment after the text.
        await expect.poll(() => classOf(comment)).not.toBe('mtk1');
        await expect.poll(() => classOf(name)).not.toBe('mtk1');
        expect(await classOf(name)).not.toBe(await classOf(comment));
    });

    it('shows what is wrong as one types, and mends it', async ({ workbench }) => {
        await workbench.replaceLine(3, '#dev-rnu=echo hello');
        await workbench.squiggle.waitFor();
        await workbench.goTo(3, 4);
        // Until the bulb is there, nothing is known of what could be done here.
        await workbench.bulb.waitFor();
        await workbench.chooseCodeAction('dev-run');
        await workbench.line('#dev-run=echo hello').waitFor();
        await workbench.squiggle.waitFor({ state: 'hidden' });
    });

    it('completes directives', async ({ workbench }) => {
        await workbench.replaceLine(3, '#dev-e');
        await workbench.suggest('dev-env');
        await workbench.line('#dev-env=NAME=value').waitFor();
        await workbench.escape();
    });

    it('explains a directive and a step', async ({ window, workbench }) => {
        await workbench.hover(10, 4);
        await workbench.hoverText('the command that the live container runs').waitFor();
        await window.picture('hover');
        await workbench.hover(11, 2);
        await workbench.hoverText('Does not restart the application').waitFor();
        await workbench.hover(6, 2);
        await workbench.hoverText('Restarts the application').waitFor();
    });

    it('previews the live Dockerfile, which follows the typing', async ({ window, workbench }) => {
        await workbench.runCommand('Livepush: Preview Live Dockerfile');
        const live = workbench.page.locator('.editor.original');
        await live.getByText('node --watch src/server.js').first().waitFor();
        await window.picture('preview');
        await workbench.page.locator('.editor.modified .view-lines').click();
        await workbench.replaceLine(10, '#dev-cmd-live=node --inspect src/server.js');
        await live.getByText('node --inspect src/server.js').first().waitFor();
    });

    it('offers nothing that builds or runs', async ({ workbench }) => {
        expect(await workbench.commandsFor('Livepush: Start')).not.toContain('Livepush: Start');
        expect(await workbench.codeLens('Start Livepush').count()).toBe(0);
    });

    it('leads to the trust that a session needs', async ({ window, workbench, panel }) => {
        await workbench.runCommand('Livepush: Show Output');
        const manage = panel.welcome.getByRole('button', { name: 'Manage Workspace Trust' });
        await manage.waitFor();
        // What was typed had scrolled the editors aside.
        await workbench.runCommand('View: Focus Active Editor Group');
        await workbench.page.keyboard.press('Home');
        await window.pictures('untrusted');
        await manage.click();
        await workbench.workspaceTrust.waitFor();
    });
});

/** VS Code as a person sees it: one window, and what is in it. */
import type { Locator, Page } from 'playwright-core';
import { vi } from 'vitest';
import { openFile, runCommand, workbenchReady } from '../../../scripts/lib/workbench.mjs';
import { LivepushPanel } from './livepushPanel.js';
import { SideBar } from './sideBar.js';

/**
 * Runs in the page, where there is a DOM that this program's types do not know. VS Code may draw
 * the item anew at any time, so the whole bar is watched.
 */
const noteTexts = `(() => {
    window.livepushTexts = [];
    const note = () => {
        const item = document.getElementById('livepush.livepush.session');
        const text = item === null ? '' : item.textContent.trim();
        if (window.livepushTexts.at(-1) !== text) window.livepushTexts.push(text);
    };
    const bar = document.querySelector('.part.statusbar');
    new MutationObserver(note).observe(bar, { subtree: true, childList: true, characterData: true });
})()`;

/** Runs in the page too: a mark's picture is known only by its style. */
const pictureNames = `[...document.querySelectorAll(
    '.editor-group-container.active .cgmr[class*="ced-"]')].map((mark) =>
    (/gutter-(\\w+)/.exec(getComputedStyle(mark).backgroundImage) ?? [])[1] ?? '')`;

export class Workbench {
    readonly page: Page;
    readonly panel: LivepushPanel;
    readonly sideBar: SideBar;

    constructor(page: Page) {
        this.page = page;
        this.panel = new LivepushPanel(page);
        this.sideBar = new SideBar(page);
        // Generous, since the machine may be busy: what is waited for mostly comes at once.
        page.setDefaultTimeout(90_000);
    }

    async open(url: string): Promise<void> {
        await this.page.goto(url);
        await workbenchReady(this.page);
    }

    async reload(): Promise<void> {
        await this.page.reload();
        await workbenchReady(this.page);
    }

    runCommand(title: string): Promise<void> {
        return runCommand(this.page, title);
    }

    /** Waits until the keyboard is the editor's: a view that just opened may still take it. */
    async openFile(path: string): Promise<void> {
        await this.runCommand('View: Focus Active Editor Group');
        await openFile(this.page, path);
    }

    /** The titles that the palette offers for a search. */
    async commandsFor(search: string): Promise<string[]> {
        await this.page.keyboard.press('F1');
        await this.quickInput.fill(`>${search}`);
        await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
        const titles = await this.page
            .locator('.quick-input-list .monaco-list-row .label-name')
            .allTextContents();
        await this.page.keyboard.press('Escape');
        return titles;
    }

    get quickInput(): Locator {
        return this.page.locator('.quick-input-widget input[type="text"]').first();
    }

    /** Chooses an entry of the list that is open. */
    async choose(text: string): Promise<void> {
        await this.page
            .locator('.quick-input-list .monaco-list-row', { hasText: text })
            .first()
            .click();
    }

    /** Builds and runs a Dockerfile. */
    async start(path: string): Promise<void> {
        await this.openFile(path);
        await this.runCommand('Livepush: Start');
        await this.chooseIfAsked('Build and Run');
    }

    /** Answers the question of Start, which is asked only where there is something to attach to. */
    async chooseIfAsked(text: string, begun = this.statusItem): Promise<void> {
        const row = this.quickPickRow(text);
        await row.or(begun).first().waitFor();
        if (await row.isVisible()) await row.click();
    }

    quickPickRow(text: string): Locator {
        return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
    }

    async escape(): Promise<void> {
        await this.page.keyboard.press('Escape');
    }

    /** The editor that has the focus. */
    get editor(): Locator {
        return this.page.locator('.editor-group-container.active .monaco-editor').first();
    }

    /** Puts the cursor at a line and column, both from 1. */
    async goTo(line: number, column = 1): Promise<void> {
        await this.page.keyboard.press('Control+G');
        await this.quickInput.fill(`:${String(line)}:${String(column)}`);
        // It can be that nothing answers yet; what is typed next must not go into its box.
        await this.quickPickRow(`line ${String(line)}`).waitFor();
        await this.page.keyboard.press('Enter');
        await this.quickInput.waitFor({ state: 'hidden' });
    }

    /** Replaces the text of the open file, as a person who pastes does. */
    async replaceLine(line: number, text: string): Promise<void> {
        await this.goTo(line);
        await this.page.keyboard.press('Home');
        await this.page.keyboard.press('Shift+End');
        await this.page.keyboard.insertText(text);
    }

    async replaceAll(text: string): Promise<void> {
        await this.page.keyboard.press('Control+A');
        await this.page.keyboard.insertText(text);
    }

    /** Resolves once the file is written. */
    async save(): Promise<void> {
        await this.page.keyboard.press('Control+S');
        await this.page.locator('.tab.active.dirty').waitFor({ state: 'hidden' });
    }

    /** Opens a file, replaces a line of it, and saves it. */
    async edit(path: string, line: number, text: string): Promise<void> {
        await this.openFile(path);
        await this.replaceLine(line, text);
        await this.save();
    }

    get statusItem(): Locator {
        return this.page.locator('[id="livepush.livepush.session"]');
    }

    async waitForStatus(text: string | RegExp): Promise<void> {
        await this.statusItem.filter({ hasText: text }).waitFor();
    }

    /** Notes every text that the status item shows from now on; the result gives them. */
    async recordStatus(): Promise<() => Promise<string[]>> {
        await this.page.evaluate(noteTexts);
        return async () => {
            const texts: unknown = await this.page.evaluate('window.livepushTexts');
            return texts as string[];
        };
    }

    /** The marks in the gutter of the editor, by the names of their pictures. */
    gutterMarks(): Promise<string[]> {
        return this.page.evaluate<string[]>(pictureNames);
    }

    async dismissNotifications(): Promise<void> {
        await this.runCommand('Notifications: Clear All Notifications');
    }

    /** All that VS Code shows over the workbench. */
    get notifications(): Locator {
        return this.page.locator('.notification-toast');
    }

    notification(text: string): Locator {
        return this.page.locator('.notification-toast', { hasText: text }).first();
    }

    /** What the person has copied. */
    clipboard(): Promise<string> {
        return this.page.evaluate<string>('navigator.clipboard.readText()');
    }

    /** Where the cursor is, as the status bar says. */
    cursorAt(line: number): Locator {
        return this.page.locator('.part.statusbar').getByText(new RegExp(`^Ln ${line}, `, 'u'));
    }

    /** The page that opens in another tab of the browser. */
    async opened(act: () => Promise<void>): Promise<Page> {
        const [page] = await Promise.all([this.page.context().waitForEvent('page'), act()]);
        return page;
    }

    async answer(text: string, action: string): Promise<void> {
        const toast = this.notification(text);
        await toast.getByRole('button', { name: action }).click();
    }

    /** Answers the modal dialog. */
    async answerDialog(action: string): Promise<void> {
        await this.page.locator('.monaco-dialog-box').getByRole('button', { name: action }).click();
    }

    /** A line of the channel that the output view shows. */
    logLine(text: string): Locator {
        const drawn = text.replaceAll(' ', '\u00A0');
        return this.page.locator('.output-view .view-line', { hasText: drawn }).first();
    }

    async openWalkthrough(title: string): Promise<void> {
        await this.runCommand('Welcome: Open Walkthrough...');
        await this.choose(title);
        await this.page.locator('.gettingStartedContainer').getByText(title).first().waitFor();
    }

    /** Opens our walkthrough at a step, and follows its button. */
    async followWalkthrough(step: string, action: string): Promise<void> {
        await this.openWalkthrough('Get Started with Livepush');
        const walkthrough = this.page.locator('.gettingStartedContainer');
        await walkthrough.locator('.getting-started-step', { hasText: step }).click();
        await walkthrough.getByRole('button', { name: action, exact: true }).click();
    }

    async closeEditors(): Promise<void> {
        await this.runCommand('View: Close All Editors');
    }

    tab(name: string): Locator {
        return this.page.locator('.tab', { hasText: name }).first();
    }

    codeLens(text: string): Locator {
        return this.page.locator('.codelens-decoration a', { hasText: text }).first();
    }

    async showProblems(): Promise<Locator> {
        await this.runCommand('View: Focus Problems');
        return this.page.locator('.markers-panel');
    }

    get squiggle(): Locator {
        return this.editor.locator('.squiggly-error, .squiggly-warning, .squiggly-info').first();
    }

    /** A line of the file that is open, drawn with non-breaking spaces. */
    line(text: string): Locator {
        const drawn = text.replaceAll(' ', '\u00A0');
        return this.editor
            .locator('.view-line', { hasText: drawn })
            .or(this.editor.locator('.view-line', { hasText: text }));
    }

    /** In the gutter, where there is something to do about the line of the cursor. */
    get bulb(): Locator {
        return this.editor.locator('.cgmr[class*="gutter-lightbulb"]').first();
    }

    /** Findings that come while the menu opens close it, and a person asks again. */
    async chooseCodeAction(text: string): Promise<void> {
        const row = this.page.locator('.action-widget .monaco-list-row', { hasText: text });
        const choose = async (): Promise<void> => {
            await this.page.keyboard.press('Control+.');
            await row.first().click({ timeout: 5000 });
        };
        await vi.waitFor(choose, { timeout: 60_000 });
    }

    /** Asks for suggestions, and takes one. */
    async suggest(text: string): Promise<void> {
        await this.page.keyboard.press('Control+Space');
        await this.page
            .locator('.suggest-widget.visible .monaco-list-row', { hasText: text })
            .first()
            .click();
    }

    /** Shows the hover of a place, by its command. */
    async hover(line: number, column: number): Promise<void> {
        await this.escape();
        await this.goTo(line, column);
        await this.runCommand('Show or Focus Hover');
    }

    hoverText(text: string): Locator {
        return this.page.locator('.monaco-hover', { hasText: text }).first();
    }

    /** Ends the session, if there is one, and its container. */
    async stop(): Promise<void> {
        if (!(await this.statusItem.isVisible())) return;
        await this.runCommand('Livepush: Stop');
        const remove = this.page
            .locator('.monaco-dialog-box')
            .getByRole('button', { name: 'Remove Container' });
        // A session that never came up has nothing to ask about.
        const gone = this.statusItem.waitFor({ state: 'hidden' });
        await Promise.race([gone, remove.waitFor().catch(() => gone)]);
        if (await remove.isVisible()) await remove.click();
        await gone;
    }

    /** The page on which a person trusts a folder, or does no more. */
    get workspaceTrust(): Locator {
        return this.page.locator('.workspace-trust-editor');
    }

    /** The question of trust is asked in a dialog when a folder is first opened. */
    async answerDialogIfShown(action: string): Promise<void> {
        const dialog = this.page.locator('.monaco-dialog-box');
        await dialog.or(this.page.locator('.part.banner:visible')).first().waitFor();
        const answer = dialog.getByRole('button', { name: action });
        if (await answer.isVisible()) await answer.click();
    }
}

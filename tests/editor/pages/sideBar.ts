/** The side bar: the files of the folder, and the tree of sessions below them. */
import type { Locator, Page } from 'playwright-core';
import { runCommand } from '../../../scripts/lib/workbench.mjs';

export class SideBar {
    readonly #page: Page;

    constructor(page: Page) {
        this.#page = page;
    }

    async showSessions(): Promise<void> {
        await runCommand(this.#page, 'Explorer: Focus on Livepush Sessions View');
    }

    async showFiles(): Promise<void> {
        await runCommand(this.#page, 'File: Focus on Files Explorer');
    }

    get #sideBar(): Locator {
        return this.#page.locator('.part.sidebar');
    }

    /** A row of the tree of sessions. */
    row(text: string): Locator {
        return this.#sideBar
            .locator('.pane', {
                has: this.#page.getByRole('button', { name: /Livepush Sessions/u }),
            })
            .locator('.monaco-list-row', { hasText: text })
            .first();
    }

    file(name: string): Locator {
        return this.#sideBar.locator('.explorer-folders-view').getByRole('treeitem', { name });
    }

    /** The button of an empty view. */
    welcomeButton(name: string): Locator {
        return this.#sideBar.locator('.welcome-view').getByRole('button', { name, exact: true });
    }

    /** The pictures at the end of a row, which come with the mouse. */
    async rowActions(text: string): Promise<Locator> {
        await this.row(text).hover();
        return this.row(text).locator('.actions .action-label');
    }

    async clickRowAction(text: string, action: string): Promise<void> {
        await this.row(text).hover();
        await this.row(text).locator(`.actions .action-label[aria-label="${action}"]`).click();
    }

    async expand(text: string): Promise<void> {
        const collapsed = this.row(text).locator('.monaco-tl-twistie.collapsed');
        if (await collapsed.isVisible()) await collapsed.click();
    }

    async chooseInContextMenu(row: Locator, item: string): Promise<void> {
        await row.click({ button: 'right' });
        await this.#page.getByRole('menuitem', { name: item, exact: true }).hover();
        // A menu takes no click in its first moments, but it takes keys.
        await this.#page.keyboard.press('Enter');
    }
}

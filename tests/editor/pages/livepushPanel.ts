/** The panel view: its steps, its output, its header. */
import type { FrameLocator, Locator, Page } from 'playwright-core';

export class LivepushPanel {
    readonly #page: Page;

    constructor(page: Page) {
        this.#page = page;
    }

    get frame(): FrameLocator {
        return this.#page
            .frameLocator('.part.panel iframe.webview.ready, iframe.webview.ready')
            .frameLocator('#active-frame');
    }

    /** The container of the session that is shown. */
    async containerName(): Promise<string> {
        const shown = this.frame.locator('header select').first().locator('option:checked');
        const [name] = (await shown.textContent())?.split(' — ') ?? [];
        return name ?? '';
    }

    /** The choice of a session in the header. */
    session(container: string): Locator {
        return this.frame
            .locator('header select')
            .first()
            .locator('option', { hasText: container });
    }

    get headline(): Locator {
        return this.frame.locator('.headline');
    }

    step(title: string): Locator {
        return this.frame.locator('.step', { hasText: title }).first();
    }

    stepIn(title: string, state: string): Locator {
        return this.frame.locator(`.step[data-state="${state}"]`, { hasText: title }).first();
    }

    get steps(): Locator {
        return this.frame.locator('.step');
    }

    button(name: string): Locator {
        return this.frame.getByRole('button', { name, exact: true });
    }

    async showTab(name: string): Promise<void> {
        await this.frame.getByRole('tab', { name }).click();
    }

    /** A terminal draws with non-breaking spaces, in rows. */
    output(text: string): Locator {
        const pattern = text.split(' ').map(escaped).join('[ \u00A0]');
        return this.frame
            .locator('.screen:not([hidden]) .xterm-rows', { hasText: new RegExp(pattern, 'u') })
            .first();
    }

    get history(): Locator {
        return this.frame.locator('select.history');
    }
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

/** The panel view: its steps, its output, its header. */
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What a page has, and this program's types do not know. */
interface Styles {
    readonly getComputedStyle: (element: unknown) => {
        readonly outlineColor: string;
        readonly outlineStyle: string;
    };
}

interface Named {
    readonly getAttribute: (name: string) => string | null;
}

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

    async showSession(container: string): Promise<void> {
        const title = await this.session(container).textContent();
        await this.frame
            .locator('header select')
            .first()
            .selectOption({ label: title ?? container });
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

    get shownSteps(): Locator {
        return this.frame.locator('.step:not([hidden])');
    }

    button(name: string): Locator {
        return this.frame.getByRole('button', { name, exact: true });
    }

    /** What the header offers to do now: the names of the buttons that can be pressed. */
    async commands(): Promise<string[]> {
        const enabled = this.frame.locator('header .commands button:not([disabled])');
        const names = enabled.evaluateAll((all) =>
            all.map((one) => (one as unknown as Named).getAttribute('aria-label') ?? ''),
        );
        return names;
    }

    /** A button for what can be done about a failure. */
    remedy(title: string): Locator {
        return this.frame.locator('.remedies').getByRole('button', { name: title, exact: true });
    }

    /** What went wrong, as the panel says it. */
    problem(text: string): Locator {
        return this.frame.locator('.error', { hasText: text }).first();
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

    /** The pushes that the header offers to look at again, the newest first. */
    get history(): Locator {
        return this.frame.locator('select.history option');
    }

    async lookAt(record: string): Promise<void> {
        const title = await this.history.filter({ hasText: record }).first().textContent();
        await this.frame.locator('select.history').selectOption({ label: title ?? record });
    }

    get welcome(): Locator {
        return this.frame.locator('.welcome');
    }

    get filterField(): Locator {
        return this.frame.getByPlaceholder('Filter steps');
    }

    async choose(step: string): Promise<void> {
        await this.step(step).locator('.choose').click();
    }

    /** A step while the keyboard is on it. */
    focusedStep(step: Locator): Locator {
        return step.locator('.choose:focus');
    }

    async openDockerfileAt(step: string): Promise<void> {
        await this.step(step).locator('.line').click();
    }

    async find(text: string): Promise<void> {
        await this.frame.locator('.find input').fill(text);
    }

    /** Of the border around an element: `none` where there is nothing to be seen of one. */
    outlineOf(element: Locator): Promise<string> {
        return element.evaluate((one) => {
            const { getComputedStyle: styleOf } = globalThis as unknown as Styles;
            const { outlineColor, outlineStyle } = styleOf(one);
            return outlineColor === 'rgba(0, 0, 0, 0)' ? 'none' : outlineStyle;
        });
    }

    /** What a screen reader is told of without being asked. */
    announcement(text: string): Locator {
        return this.frame.getByRole('status').filter({ hasText: text });
    }

    /** By the button of the view's title. */
    async clear(): Promise<void> {
        await this.#page
            .locator('.part.panel > .title')
            .getByRole('button', { name: 'Clear Output' })
            .click();
    }

    get noMatch(): Locator {
        return this.frame.locator('.find .no-match');
    }
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

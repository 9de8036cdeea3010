/** The tabs of the page. The steps have one where there is no room for them beside the output. */
import { panelTabs, type PanelTab } from '../protocol/messages.js';
import type { PanelStrings } from '../protocol/strings.js';
import { button, element } from './dom.js';
import { picture } from './pictures.js';

export interface TabEvents {
    readonly onTab: (tab: PanelTab) => void;
    readonly onCopy: () => void;
}

export class TabBar {
    readonly element: HTMLElement;
    readonly #tabs: ReadonlyMap<PanelTab, HTMLButtonElement>;
    readonly #onTab: (tab: PanelTab) => void;

    constructor(strings: PanelStrings, events: TabEvents) {
        this.#onTab = events.onTab;
        this.#tabs = new Map(panelTabs.map((tab) => [tab, this.#tab(tab, strings[tab])]));
        const copy = button(strings.copy, picture('copy'), events.onCopy);
        this.element = element(
            'div',
            { class: 'bar' },
            element(
                'div',
                { class: 'tabs', role: 'tablist', label: strings.output },
                ...this.#tabs.values(),
            ),
            copy,
        );
    }

    show(shown: PanelTab): void {
        for (const [tab, control] of this.#tabs) {
            control.setAttribute('aria-selected', String(tab === shown));
            control.tabIndex = tab === shown ? 0 : -1;
        }
        this.mark(shown, false);
    }

    /** A dot at a tab in which there is something new. */
    mark(tab: PanelTab, unread: boolean): void {
        this.#tabs.get(tab)?.classList.toggle('unread', unread);
    }

    #tab(tab: PanelTab, title: string): HTMLButtonElement {
        const control = element('button', {
            class: `tab-${tab}`,
            text: title,
            role: 'tab',
            onClick: () => {
                this.#onTab(tab);
            },
        });
        control.type = 'button';
        control.setAttribute('aria-controls', `screen-${tab}`);
        control.addEventListener('keydown', ({ key }) => {
            if (key === 'ArrowLeft') this.#move(tab, -1);
            if (key === 'ArrowRight') this.#move(tab, 1);
        });
        return control;
    }

    #move(from: PanelTab, by: number): void {
        const seen = panelTabs.filter((tab) => this.#tabs.get(tab)?.offsetParent !== null);
        const next = seen[(seen.indexOf(from) + by + seen.length) % seen.length];
        if (next === undefined) return;
        this.#onTab(next);
        this.#tabs.get(next)?.focus();
    }
}

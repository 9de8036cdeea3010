/** Finding in the output, as the editor's own find widget does it. */
import type { PanelStrings } from '../protocol/strings.js';
import { button, element } from './dom.js';
import { picture } from './pictures.js';

export type OnFind = (text: string, direction: 'next' | 'previous', incremental: boolean) => void;

export class FindBar {
    readonly element: HTMLElement;
    readonly #input: HTMLInputElement;
    readonly #noMatch: HTMLSpanElement;
    readonly #onFind: OnFind;

    constructor(strings: PanelStrings, onFind: OnFind) {
        this.#onFind = onFind;
        this.#input = element('input', { label: strings.find });
        this.#input.placeholder = strings.find;
        this.#input.addEventListener('input', () => {
            onFind(this.#input.value, 'next', true);
        });
        this.#input.addEventListener('keydown', (event) => {
            if (event.key === 'Enter') this.#find(event.shiftKey ? 'previous' : 'next');
            if (event.key === 'Escape') this.#close();
        });
        this.#noMatch = element('span', { class: 'no-match', text: strings.noMatch });
        this.#noMatch.hidden = true;
        this.element = element(
            'div',
            { class: 'find', role: 'search' },
            this.#input,
            this.#noMatch,
            button(strings.findPrevious, picture('up'), () => {
                this.#find('previous');
            }),
            button(strings.findNext, picture('down'), () => {
                this.#find('next');
            }),
            button(strings.close, picture('close'), () => {
                this.#close();
            }),
        );
        this.element.hidden = true;
    }

    open(): void {
        this.element.hidden = false;
        this.#input.focus();
        this.#input.select();
    }

    showFound(found: boolean): void {
        this.#noMatch.hidden = found || this.#input.value === '';
    }

    #find(direction: 'next' | 'previous'): void {
        this.#onFind(this.#input.value, direction, false);
    }

    #close(): void {
        this.element.hidden = true;
        this.#onFind('', 'next', false);
    }
}

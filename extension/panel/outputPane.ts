/** Output and application log: two terminals behind two tabs, with finding, copying, clearing. */
import {
    panelTabs,
    type OutputChunk,
    type PanelTab,
    type RecordView,
} from '../protocol/messages.js';
import type { PanelStrings } from '../protocol/strings.js';
import { button, element } from './dom.js';
import { FindBar } from './findBar.js';
import { picture } from './pictures.js';
import { OutputTerminal } from './terminal.js';

export interface OutputPaneEvents {
    readonly onCopy: (text: string) => void;
    readonly onClear: () => void;
}

export class OutputPane {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #terminals: Readonly<Record<PanelTab, OutputTerminal>>;
    readonly #tabs: Readonly<Record<PanelTab, HTMLButtonElement>>;
    readonly #empty: HTMLParagraphElement;
    readonly #findBar: FindBar;
    #tab: PanelTab = 'output';
    #logged = false;
    #printed = false;
    /** Whose output was written last, so that a change of step gets a heading. */
    #lastStep: string | null = null;

    constructor(strings: PanelStrings, events: OutputPaneEvents) {
        this.#strings = strings;
        this.#findBar = new FindBar(strings, (text, direction, incremental) => {
            this.#terminals[this.#tab].find(text, direction, incremental);
        });
        const onFound = (found: boolean): void => {
            this.#findBar.showFound(found);
        };
        this.#terminals = {
            output: new OutputTerminal(strings.output, onFound),
            log: new OutputTerminal(strings.log, onFound),
        };
        for (const tab of panelTabs) this.#terminals[tab].element.id = `screen-${tab}`;
        this.#tabs = { output: this.#tabButton('output'), log: this.#tabButton('log') };
        this.#empty = element('p', { class: 'empty' });
        const tabs = element(
            'div',
            { class: 'tabs', role: 'tablist', label: strings.output },
            ...Object.values(this.#tabs),
        );
        const tools = element(
            'div',
            { class: 'tools', role: 'toolbar', label: strings.output },
            button(strings.find, picture('find'), () => {
                this.find();
            }),
            button(strings.copy, picture('copy'), () => {
                events.onCopy(this.#terminals[this.#tab].text());
            }),
            button(strings.clear, picture('clear'), events.onClear),
        );
        this.element = element(
            'section',
            { class: 'output' },
            element('div', { class: 'bar' }, tabs, tools),
            this.#findBar.element,
            this.#empty,
            this.#terminals.output.element,
            this.#terminals.log.element,
        );
        this.show('output');
    }

    show(tab: PanelTab): void {
        this.#tab = tab;
        for (const one of panelTabs) {
            this.#terminals[one].element.hidden = one !== tab;
            this.#tabs[one].setAttribute('aria-selected', String(one === tab));
            this.#tabs[one].tabIndex = one === tab ? 0 : -1;
        }
        this.#showEmpty();
    }

    find(): void {
        this.#findBar.open();
    }

    /** Starts over with what a record, or one step of it, has printed so far. */
    restart(): void {
        this.#terminals.output.reset();
        this.#printed = false;
        this.#lastStep = null;
        this.#showEmpty();
    }

    write(chunk: OutputChunk, record: RecordView | null, withHeadings: boolean): void {
        const terminal = this.#terminals.output;
        if (withHeadings && chunk.step !== null && chunk.step !== this.#lastStep) {
            const title = record?.steps.find((step) => step.id === chunk.step)?.title;
            if (title !== undefined)
                terminal.write(`\u001B[0;1m── ${printable(title)}\u001B[0m\r\n`);
        }
        this.#lastStep = chunk.step;
        terminal.write(chunk.data);
        this.#printed = true;
        this.#showEmpty();
    }

    restartLog(): void {
        this.#terminals.log.reset();
        this.#logged = false;
        this.#showEmpty();
    }

    writeLog(data: Uint8Array): void {
        if (data.length === 0) return;
        this.#terminals.log.write(data);
        this.#logged = true;
        this.#showEmpty();
    }

    follow(): void {
        for (const tab of panelTabs) this.#terminals[tab].follow();
    }

    #showEmpty(): void {
        const isLog = this.#tab === 'log';
        this.#empty.textContent = isLog ? this.#strings.noLog : this.#strings.noOutput;
        this.#empty.hidden = isLog ? this.#logged : this.#printed;
    }

    #tabButton(tab: PanelTab): HTMLButtonElement {
        const made = element('button', {
            text: this.#strings[tab],
            role: 'tab',
            onClick: () => {
                this.show(tab);
            },
        });
        made.type = 'button';
        made.setAttribute('aria-controls', this.#terminals[tab].element.id);
        made.addEventListener('keydown', (event) => {
            if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
            const other = tab === 'output' ? 'log' : 'output';
            this.show(other);
            this.#tabs[other].focus();
        });
        return made;
    }
}

/** A title comes from a Dockerfile and must not steer the terminal. */
function printable(text: string): string {
    // eslint-disable-next-line no-control-regex -- control characters are what is taken out
    return text.replace(/[\u0000-\u001F\u007F-\u009F]/gu, ' ');
}

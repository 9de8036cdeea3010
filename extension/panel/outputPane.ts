/** Output and application log: two terminals, of which one is seen, with finding and copying. */
import type { OutputChunk, PanelTab, RecordView } from '../protocol/messages.js';
import type { PanelStrings } from '../protocol/strings.js';
import { element } from './dom.js';
import { FindBar } from './findBar.js';
import { OutputTerminal } from './terminal.js';

const screens = ['output', 'log'] as const;
type Screen = (typeof screens)[number];

export class OutputPane {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #terminals: Readonly<Record<Screen, OutputTerminal>>;
    readonly #empty: HTMLParagraphElement;
    readonly #findBar: FindBar;
    #screen: Screen = 'output';
    readonly #written: Record<Screen, boolean> = { output: false, log: false };
    /** Whose output was written last, so that a change of step gets a heading. */
    #lastStep: string | null = null;

    constructor(strings: PanelStrings) {
        this.#strings = strings;
        this.#findBar = new FindBar(strings, (text, direction, incremental) => {
            this.#terminals[this.#screen].find(text, direction, incremental);
        });
        const onFound = (found: boolean): void => {
            this.#findBar.showFound(found);
        };
        this.#terminals = {
            output: new OutputTerminal(strings.output, onFound),
            log: new OutputTerminal(strings.log, onFound),
        };
        for (const screen of screens) this.#terminals[screen].element.id = `screen-${screen}`;
        this.#empty = element('p', { class: 'empty' });
        this.element = element(
            'section',
            { class: 'output' },
            this.#findBar.element,
            this.#empty,
            this.#terminals.output.element,
            this.#terminals.log.element,
        );
        this.show('output');
    }

    show(tab: PanelTab): void {
        if (tab !== 'steps') this.#screen = tab;
        for (const screen of screens) {
            this.#terminals[screen].element.hidden = screen !== this.#screen;
        }
        this.#showEmpty();
    }

    find(): void {
        this.#findBar.open();
    }

    /** What is selected in the screen that is seen, or all of it. */
    text(): string {
        return this.#terminals[this.#screen].text();
    }

    /** Starts over with what a record, or one step of it, has printed so far. */
    restart(): void {
        this.#reset('output');
        this.#lastStep = null;
    }

    write(chunk: OutputChunk, record: RecordView | null, withHeadings: boolean): void {
        const terminal = this.#terminals.output;
        if (withHeadings && chunk.step !== null && chunk.step !== this.#lastStep) {
            const title = record?.steps.find((step) => step.id === chunk.step)?.title;
            if (title !== undefined)
                terminal.write(`\u001B[0;1m── ${printable(title)}\u001B[0m\r\n`);
        }
        this.#lastStep = chunk.step;
        this.#write('output', chunk.data);
    }

    restartLog(): void {
        this.#reset('log');
    }

    writeLog(data: Uint8Array): void {
        if (data.length > 0) this.#write('log', data);
    }

    follow(): void {
        for (const screen of screens) this.#terminals[screen].follow();
    }

    #write(screen: Screen, data: Uint8Array): void {
        this.#terminals[screen].write(data);
        this.#written[screen] = true;
        this.#showEmpty();
    }

    #reset(screen: Screen): void {
        this.#terminals[screen].reset();
        this.#written[screen] = false;
        this.#showEmpty();
    }

    #showEmpty(): void {
        const { noLog, noOutput } = this.#strings;
        this.#empty.textContent = this.#screen === 'log' ? noLog : noOutput;
        this.#empty.hidden = this.#written[this.#screen];
    }
}

/** A title comes from a Dockerfile and must not steer the terminal. */
function printable(text: string): string {
    // eslint-disable-next-line no-control-regex -- control characters are what is taken out
    return text.replace(/[\u0000-\u001F\u007F-\u009F]/gu, ' ');
}

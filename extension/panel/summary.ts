/** How a push went: its headline, what failed, and where it may differ from a fresh build. */
import type { RecordView, ShownError } from '../protocol/messages.js';
import { filled, type PanelStrings } from '../protocol/strings.js';
import { button, duration, element } from './dom.js';

/** A button of a record's failure, or of the session's problem, which has no record. */
export type OnRemedy = (record: number | null, at: number) => void;

export class Summary {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #onRemedy: OnRemedy;
    readonly #shown = element('div');
    readonly #announcement = element('p', { class: 'announcement', role: 'status' });
    /** When the push began whose end was announced last. */
    #announced = 0;
    #drawn = '';

    constructor(strings: PanelStrings, onRemedy: OnRemedy) {
        this.#strings = strings;
        this.#onRemedy = onRemedy;
        this.element = element('div', { class: 'summary' }, this.#shown, this.#announcement);
    }

    show(record: RecordView | null, problem: ShownError | null): void {
        // Made anew only when it says something else, so that a button keeps the focus.
        const drawn = JSON.stringify([record && { ...record, steps: [] }, problem]);
        if (drawn === this.#drawn) return;
        this.#drawn = drawn;
        // What is wrong with the container is why the push failed that came upon it.
        const isCause = problem !== null && isSame(problem.remedies, record?.error?.remedies);
        const { waitingForSave } = this.#strings;
        this.#shown.replaceChildren(
            ...(problem === null ? [] : this.#error(problem, null)),
            ...(record === null
                ? [element('p', { class: 'empty-record', text: waitingForSave })]
                : this.#record(isCause ? { ...record, error: null } : record)),
        );
    }

    /** Once for each push: the headline changes too often to be a live region itself. */
    announce(record: RecordView): void {
        if (record.outcome === 'running' || record.startedAt === this.#announced) return;
        this.#announced = record.startedAt;
        this.#announcement.textContent = `${this.#title(record)} ${this.#result(record)}`;
    }

    #record(record: RecordView): HTMLElement[] {
        const inexact = record.inexact.map(({ why, remedy }) =>
            element('p', {
                class: 'inexact',
                text: `${this.#strings.inexact}: ${why} ${remedy}`,
            }),
        );
        return [
            element(
                'p',
                { class: `headline ${record.outcome}` },
                element('strong', { text: this.#title(record) }),
                element('span', { text: this.#result(record) }),
            ),
            ...(record.error === null ? [] : this.#error(record.error, record.number)),
            ...inexact,
        ];
    }

    #error(
        { message, remedy, output, remedies }: ShownError,
        record: number | null,
    ): HTMLElement[] {
        const told = element(
            'div',
            { class: 'error', role: 'alert' },
            element('strong', { text: message }),
            element('p', { text: remedy }),
            output === '' ? null : element('pre', { text: output }),
        );
        const buttons = remedies.map((title, at) =>
            button(title, null, () => {
                this.#onRemedy(record, at);
            }),
        );
        return [told, element('div', { class: 'remedies' }, ...buttons)];
    }

    #title({ kind, reason }: RecordView): string {
        return `${this.#strings.kinds[kind]}: ${reason}`;
    }

    #result({ outcome, milliseconds, written, removed, restarted }: RecordView): string {
        return [
            this.#strings.outcomes[outcome],
            milliseconds === null ? '' : duration(milliseconds),
            written === 0 ? '' : filled(this.#strings.written, written),
            removed === 0 ? '' : filled(this.#strings.removed, removed),
            restarted ? this.#strings.restarted : '',
        ]
            .filter((part) => part !== '')
            .join(' · ');
    }
}

function isSame(one: readonly string[], other: readonly string[] | undefined): boolean {
    return one.join('\n') === other?.join('\n');
}

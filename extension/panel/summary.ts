/** How a push went: its headline, what failed, and where it may differ from a fresh build. */
import type { RecordView } from '../protocol/messages.js';
import { filled, type PanelStrings } from '../protocol/strings.js';
import { duration, element } from './dom.js';

export class Summary {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #shown = element('div');
    readonly #announcement = element('p', { class: 'announcement', role: 'status' });
    /** When the push began whose end was announced last. */
    #announced = 0;

    constructor(strings: PanelStrings) {
        this.#strings = strings;
        this.element = element('div', { class: 'summary' }, this.#shown, this.#announcement);
    }

    show(record: RecordView | null): void {
        if (record === null) {
            this.#shown.replaceChildren(element('p', { text: this.#strings.waitingForSave }));
            return;
        }
        const inexact = record.inexact.map(({ why, remedy }) =>
            element('p', {
                class: 'inexact',
                text: `${this.#strings.inexact}: ${why} ${remedy}`,
            }),
        );
        this.#shown.replaceChildren(
            element(
                'p',
                { class: `headline ${record.outcome}` },
                element('strong', { text: this.#title(record) }),
                element('span', { text: this.#result(record) }),
            ),
            ...error(record),
            ...inexact,
        );
    }

    /** Once for each push: the headline changes too often to be a live region itself. */
    announce(record: RecordView): void {
        if (record.outcome === 'running' || record.startedAt === this.#announced) return;
        this.#announced = record.startedAt;
        this.#announcement.textContent = `${this.#title(record)} ${this.#result(record)}`;
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

function error({ error: shown }: RecordView): HTMLElement[] {
    if (shown === null) return [];
    const message = element('strong', { text: shown.message });
    const remedy = element('span', { text: shown.remedy });
    return [element('p', { class: 'error', role: 'alert' }, message, remedy)];
}

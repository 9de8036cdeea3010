/** The top line: which session, which push of its history, and what can be done now. */
import type { RecordView, SessionView } from '../protocol/messages.js';
import type { PanelStrings } from '../protocol/strings.js';
import { CommandBar, type OnCommand } from './commandBar.js';
import { duration, element } from './dom.js';

export interface HeaderEvents {
    readonly onSession: (key: string) => void;
    readonly onRecord: (record: number) => void;
    readonly onCommand: OnCommand;
}

export class Header {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #sessions: HTMLSelectElement;
    readonly #records: HTMLSelectElement;
    readonly #state: HTMLSpanElement;
    readonly #commands: CommandBar;

    constructor(strings: PanelStrings, events: HeaderEvents) {
        this.#strings = strings;
        this.#sessions = element('select', { class: 'sessions', label: strings.session });
        this.#sessions.addEventListener('change', () => {
            events.onSession(this.#sessions.value);
        });
        this.#records = element('select', { class: 'history', label: strings.history });
        this.#records.addEventListener('change', () => {
            events.onRecord(Number(this.#records.value));
        });
        this.#state = element('span', { class: 'session-state', role: 'status' });
        this.#commands = new CommandBar(strings, events.onCommand);
        this.element = element(
            'header',
            {},
            this.#state,
            this.#sessions,
            this.#records,
            this.#commands.element,
        );
    }

    showSessions(sessions: readonly SessionView[], selected: string | null): void {
        fill(
            this.#sessions,
            sessions.map(({ key, name, dockerfile }) => {
                // Until there is a container, the session goes by its Dockerfile.
                return [key, name === dockerfile ? name : `${name} — ${dockerfile}`] as const;
            }),
            selected,
        );
        this.#sessions.classList.toggle('only', sessions.length === 1);
        const session = sessions.find(({ key }) => key === selected);
        if (session === undefined) return;
        this.#state.textContent = session.label;
        this.#state.title = `${session.name} — ${session.dockerfile}`;
        this.#state.dataset['state'] = session.state;
        this.#commands.show(session);
    }

    showRecords(records: readonly RecordView[], shown: number | null): void {
        fill(
            this.#records,
            records
                .map((record) => [String(record.number), this.#recordTitle(record)] as const)
                .reverse(),
            shown === null ? null : String(shown),
        );
        this.#records.disabled = records.length === 0;
    }

    #recordTitle({ kind, reason, outcome, milliseconds, startedAt }: RecordView): string {
        const at = new Date(startedAt).toLocaleTimeString();
        const time = milliseconds === null ? '' : `, ${duration(milliseconds)}`;
        const { kinds, outcomes } = this.#strings;
        // Most are pushes, and there is little room.
        const what = kind === 'push' ? reason : `${kinds[kind]}: ${reason}`;
        return `${at}  ${what} (${outcomes[outcome]}${time})`;
    }
}

function fill(
    select: HTMLSelectElement,
    options: readonly (readonly [value: string, text: string])[],
    selected: string | null,
): void {
    const shown = [...select.options].map((option) => `${option.value}\n${option.text}`).join();
    const wanted = options.map(([value, text]) => `${value}\n${text}`).join();
    if (shown !== wanted) {
        select.replaceChildren(
            ...options.map(([value, text]) => {
                const option = element('option', { text });
                option.value = value;
                return option;
            }),
        );
    }
    if (selected !== null) select.value = selected;
}

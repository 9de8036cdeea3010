/** The top line: which session, which push of its history, and what can be done now. */
import type { PanelCommand, RecordView, SessionView } from '../protocol/messages.js';
import type { PanelStrings } from '../protocol/strings.js';
import { button, duration, element } from './dom.js';

export interface HeaderEvents {
    readonly onSession: (key: string) => void;
    readonly onRecord: (record: number) => void;
    readonly onCommand: (command: PanelCommand) => void;
}

export class Header {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #events: HeaderEvents;
    readonly #sessions: HTMLSelectElement;
    readonly #records: HTMLSelectElement;
    readonly #state: HTMLSpanElement;
    readonly #commands: HTMLDivElement;
    #shownCommands = '';

    constructor(strings: PanelStrings, events: HeaderEvents) {
        this.#strings = strings;
        this.#events = events;
        this.#sessions = element('select', { label: strings.session });
        this.#sessions.addEventListener('change', () => {
            events.onSession(this.#sessions.value);
        });
        this.#records = element('select', { class: 'history', label: strings.history });
        this.#records.addEventListener('change', () => {
            events.onRecord(Number(this.#records.value));
        });
        this.#state = element('span', { class: 'session-state', role: 'status' });
        this.#commands = element('div', {
            class: 'commands',
            role: 'toolbar',
            label: strings.session,
        });
        this.element = element(
            'header',
            {},
            this.#sessions,
            this.#state,
            this.#records,
            this.#commands,
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
        const session = sessions.find(({ key }) => key === selected);
        if (session === undefined) return;
        this.#state.textContent = session.label;
        this.#state.dataset['state'] = session.state;
        this.#showCommands(session);
    }

    showRecords(records: readonly RecordView[], shown: number | null): void {
        fill(
            this.#records,
            records
                .map((record) => [String(record.number), this.#recordTitle(record)] as const)
                .reverse(),
            shown === null ? null : String(shown),
        );
        this.#records.hidden = records.length === 0;
    }

    #recordTitle({ kind, reason, outcome, milliseconds, startedAt }: RecordView): string {
        const at = new Date(startedAt).toLocaleTimeString();
        const time = milliseconds === null ? '' : `, ${duration(milliseconds)}`;
        const { kinds, outcomes } = this.#strings;
        // Most are pushes, and there is little room.
        const what = kind === 'push' ? reason : `${kinds[kind]}: ${reason}`;
        return `${at}  ${what} (${outcomes[outcome]}${time})`;
    }

    /** Made anew only when they differ, so that a button keeps the focus while states pass by. */
    #showCommands(session: SessionView): void {
        const commands = commandsFor(session);
        if (commands.join() === this.#shownCommands) return;
        this.#shownCommands = commands.join();
        this.#commands.replaceChildren(
            ...commands.map((command) =>
                button(this.#strings[command], null, () => {
                    this.#events.onCommand(command);
                }),
            ),
        );
    }
}

function commandsFor({ state, address, opened, own }: SessionView): PanelCommand[] {
    const renew = own ? 'rebuild' : 'startAgain';
    const open: PanelCommand[] = address === null ? [] : ['openAddress'];
    switch (state) {
        case 'live':
            return ['push', 'pause', ...open];
        case 'pushing':
            return ['cancel'];
        case 'paused':
            return ['resume', ...open];
        case 'pushFailed':
        case 'pushIncomplete':
        case 'failed':
            return opened ? ['retry', renew, ...open] : ['retry'];
        case 'down':
            return ['restart', renew];
        case 'gone':
            return [renew];
        case 'starting':
        case 'rebuilding':
        case 'closed':
        case 'none':
            return [];
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

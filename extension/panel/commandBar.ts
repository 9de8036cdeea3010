/**
 * What can be done to a session. Every button keeps its place and its width: one that does not
 * apply is disabled, so that no click meets another button than it was meant for.
 */
import type { DisplayState, PanelCommand, SessionView } from '../protocol/messages.js';
import type { PanelStrings } from '../protocol/strings.js';
import { element } from './dom.js';
import { picture, type PictureName } from './pictures.js';

export type OnCommand = (command: PanelCommand) => void;

/** The commands that share a place; the first is shown unless another one applies. */
const places = [
    ['push', 'retry'],
    ['cancel'],
    ['pause', 'resume'],
    ['restart'],
    ['rebuild', 'startAgain'],
    ['openAddress'],
] as const satisfies readonly (readonly PanelCommand[])[];
type Offered = (typeof places)[number][number];

const pictures: Readonly<Record<Offered, PictureName>> = {
    push: 'push',
    retry: 'push',
    cancel: 'stop',
    pause: 'pause',
    resume: 'resume',
    restart: 'restart',
    rebuild: 'rebuild',
    startAgain: 'rebuild',
    openAddress: 'globe',
};

interface Place {
    readonly button: HTMLButtonElement;
    readonly picture: HTMLSpanElement;
    readonly labels: ReadonlyMap<Offered, HTMLSpanElement>;
    shown: Offered;
}

export class CommandBar {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #places: readonly Place[];

    constructor(strings: PanelStrings, onCommand: OnCommand) {
        this.#strings = strings;
        this.#places = places.map((offered) => this.#place(offered, onCommand));
        this.element = element(
            'div',
            { class: 'commands', role: 'toolbar', label: strings.session },
            ...this.#places.map(({ button }) => button),
        );
    }

    show(session: SessionView): void {
        const enabled = new Set<Offered>(commandsFor(session));
        places.forEach((offered: readonly Offered[], index) => {
            const place = this.#places[index];
            const [first] = offered;
            if (place === undefined || first === undefined) return;
            const command = offered.find((one) => enabled.has(one)) ?? first;
            this.#label(place, command);
            place.button.disabled = !enabled.has(command);
        });
    }

    #place(offered: readonly Offered[], onCommand: OnCommand): Place {
        // All labels of a place lie in one cell, so that it is as wide as the longest of them.
        const labels = new Map(
            offered.map((command) => [command, element('span', { text: this.#strings[command] })]),
        );
        const holder = element('span', { class: 'picture' });
        const button = element(
            'button',
            {
                onClick: () => {
                    onCommand(place.shown);
                },
            },
            holder,
            element('span', { class: 'labels' }, ...labels.values()),
        );
        button.type = 'button';
        const shown = offered[0] ?? 'push';
        const place: Place = { button, picture: holder, labels, shown };
        this.#label(place, shown);
        return place;
    }

    #label(place: Place, command: Offered): void {
        place.shown = command;
        place.picture.replaceChildren(picture(pictures[command]));
        place.button.title = this.#strings[command];
        place.button.setAttribute('aria-label', this.#strings[command]);
        for (const [one, label] of place.labels) label.classList.toggle('other', one !== command);
    }
}

function commandsFor({ state, address, opened, own }: SessionView): Offered[] {
    const open: Offered[] = address === null ? [] : ['openAddress'];
    if (!opened) return state === 'failed' ? ['retry'] : ['cancel'];
    return [...commandsOf(state, own ? 'rebuild' : 'startAgain'), ...open];
}

function commandsOf(state: DisplayState, renew: Offered): Offered[] {
    switch (state) {
        case 'live':
            return ['push', 'pause', 'restart', renew];
        case 'pushing':
            return ['cancel', 'pause'];
        case 'paused':
            return ['push', 'resume', 'restart', renew];
        case 'pushFailed':
        case 'pushIncomplete':
            return ['retry', 'pause', 'restart', renew];
        case 'down':
            return ['restart', renew];
        case 'gone':
        case 'failed':
            return [renew];
        case 'rebuilding':
            return ['cancel'];
        case 'starting':
        case 'closed':
        case 'none':
            return [];
    }
}

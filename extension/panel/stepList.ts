/** The picture of a push: its stages, and in each the steps with state, clock and reason. */
import type { RecordView, ShownError, StepView } from '../protocol/messages.js';
import { filled, type PanelStrings } from '../protocol/strings.js';
import { duration, element } from './dom.js';
import { statePicture } from './pictures.js';
import { RovingFocus } from './rovingFocus.js';
import { type OnRemedy, Summary } from './summary.js';

export interface StepListEvents {
    readonly onChoose: (step: string | null) => void;
    readonly onOpen: (line: number) => void;
    readonly onFilter: (filter: string) => void;
    readonly onRemedy: OnRemedy;
}

interface Row {
    readonly root: HTMLLIElement;
    readonly picture: HTMLSpanElement;
    readonly choose: HTMLButtonElement;
    readonly line: HTMLButtonElement | null;
    readonly clock: HTMLSpanElement;
    shown: StepView;
}

export class StepList {
    readonly element: HTMLElement;
    readonly #strings: PanelStrings;
    readonly #events: StepListEvents;
    readonly #stages: HTMLDivElement;
    readonly #summary: Summary;
    readonly #filter: HTMLInputElement;
    readonly #focus: RovingFocus;
    #rows = new Map<string, Row>();
    #shape = '';
    #chosen: string | null = null;
    #ticking: number | null = null;

    constructor(strings: PanelStrings, events: StepListEvents) {
        this.#strings = strings;
        this.#events = events;
        this.#stages = element('div', { class: 'stages' });
        this.#summary = new Summary(strings, events.onRemedy);
        this.#filter = element('input', { class: 'filter', label: strings.filterSteps });
        this.#filter.type = 'search';
        this.#filter.placeholder = strings.filterSteps;
        this.#filter.addEventListener('input', () => {
            events.onFilter(this.#filter.value);
            this.#applyFilter();
        });
        this.element = element(
            'section',
            { class: 'steps', label: strings.steps },
            this.#summary.element,
            this.#filter,
            this.#stages,
        );
        this.element.id = 'screen-steps';
        this.#focus = new RovingFocus(this.#stages);
    }

    /** Shows only steps that contain a text. */
    filter(text: string): void {
        this.#filter.value = text;
        this.#applyFilter();
    }

    show(record: RecordView | null, chosen: string | null, problem: ShownError | null): void {
        this.#chosen = chosen;
        const steps = record?.steps ?? [];
        const focused = this.#focusedStep();
        const shape = `${String(record?.number)} ${steps.map((step) => step.id).join(' ')}`;
        if (shape !== this.#shape) {
            this.#shape = shape;
            this.#build(steps);
        }
        for (const step of steps) this.#update(step);
        this.#summary.show(record, problem);
        this.#filter.hidden = steps.length < 8;
        this.#applyFilter();
        // A plan that changes must not take the keyboard away from who reads it.
        if (focused !== this.#focusedStep()) this.#rows.get(focused ?? '')?.choose.focus();
        this.#tick();
    }

    /** Says how it went, to those who cannot see it. */
    announce(record: RecordView): void {
        this.#summary.announce(record);
    }

    #build(steps: readonly StepView[]): void {
        this.#rows = new Map();
        const stages = new Map<number, HTMLOListElement>();
        const blocks: HTMLElement[] = [];
        for (const step of steps) {
            let list = stages.get(step.stage);
            if (list === undefined) {
                const name = step.stageName ?? filled(this.#strings.stage, step.stage);
                list = element('ol', { label: name });
                stages.set(step.stage, list);
                blocks.push(
                    element('div', { class: 'stage' }, element('h3', { text: name }), list),
                );
            }
            const row = this.#row(step);
            this.#rows.set(step.id, row);
            list.append(row.root);
        }
        this.#stages.replaceChildren(...blocks);
    }

    #row(step: StepView): Row {
        const reasons = this.#reasons(step);
        const picture = element('span', { class: 'picture' });
        const clock = element('span', { class: 'clock' });
        const choose = element(
            'button',
            {
                class: 'choose',
                onClick: () => {
                    this.#events.onChoose(this.#chosen === step.id ? null : step.id);
                },
            },
            element('span', { class: 'title', text: step.title, title: step.title }),
            this.#why(reasons),
        );
        choose.type = 'button';
        choose.setAttribute('aria-description', reasons.join(', '));
        const line = this.#line(step);
        const root = element('li', { class: `step ${step.kind}` }, picture, choose, line, clock);
        return { root, picture, choose, line, clock, shown: step };
    }

    #reasons(step: StepView): readonly string[] {
        return step.conditional ? [...step.why, this.#strings.conditional] : step.why;
    }

    #why(reasons: readonly string[]): HTMLElement | null {
        if (reasons.length === 0) return null;
        return element('span', { class: 'why', text: reasons.join(' · ') });
    }

    #line(step: StepView): HTMLButtonElement | null {
        const line = step.lines?.[0];
        if (line === undefined) return null;
        const made = element('button', {
            class: 'line',
            text: filled(this.#strings.line, line),
            title: this.#strings.openLine,
            onClick: () => {
                this.#events.onOpen(line);
            },
        });
        made.type = 'button';
        return made;
    }

    #update(step: StepView): void {
        const row = this.#rows.get(step.id);
        if (row === undefined) return;
        const fresh = row.picture.childElementCount === 0;
        if (fresh || row.shown.state !== step.state) {
            row.picture.replaceChildren(statePicture(step.state));
            row.root.dataset['state'] = step.state;
        }
        row.shown = step;
        row.clock.textContent = clockText(step);
        const state = this.#strings.states[step.state];
        row.picture.title = state;
        row.choose.setAttribute('aria-label', `${step.title}, ${state}`);
        row.choose.setAttribute('aria-pressed', String(step.id === this.#chosen));
        row.root.classList.toggle('chosen', step.id === this.#chosen);
    }

    #applyFilter(): void {
        const wanted = this.#filter.hidden ? '' : this.#filter.value.toLowerCase();
        for (const { root, shown } of this.#rows.values()) {
            const text = `${shown.title} ${shown.why.join(' ')}`.toLowerCase();
            root.hidden = !text.includes(wanted);
        }
        const shown = [...this.#rows.values()].filter(({ root }) => !root.hidden);
        this.#focus.follow(
            shown.map(({ choose, line }) => (line === null ? [choose] : [choose, line])),
        );
    }

    #focusedStep(): string | null {
        const focused = document.activeElement;
        const found = [...this.#rows].find(([, { root }]) => root.contains(focused));
        return found?.[0] ?? null;
    }

    /** One clock for all, and only while something runs. */
    #tick(): void {
        const running = [...this.#rows.values()].filter(({ shown }) => shown.state === 'running');
        if (running.length === 0) {
            if (this.#ticking !== null) window.clearInterval(this.#ticking);
            this.#ticking = null;
            return;
        }
        this.#ticking ??= window.setInterval(() => {
            for (const row of this.#rows.values()) row.clock.textContent = clockText(row.shown);
        }, 100);
    }
}

function clockText(step: StepView): string {
    if (step.state === 'running' && step.startedAt !== null) {
        return duration(Math.max(0, Date.now() - step.startedAt));
    }
    return step.milliseconds === null ? '' : duration(step.milliseconds);
}

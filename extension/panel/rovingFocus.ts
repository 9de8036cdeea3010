/**
 * One tab stop for many controls: Tab comes to the one that was used last, and keys move among
 * them, as in any list or grid (WAI-ARIA, "roving tabindex").
 */

/** The controls of each row that can be seen, in the order in which they stand. */
export type Rows = readonly (readonly HTMLElement[])[];

export class RovingFocus {
    readonly #container: HTMLElement;
    #rows: Rows = [];
    #stop: HTMLElement | null = null;

    constructor(container: HTMLElement) {
        this.#container = container;
        container.addEventListener('keydown', (event) => {
            this.#onKey(event);
        });
        // A control that a person clicks on is where the keys go on from.
        container.addEventListener('focusin', ({ target }) => {
            this.#moveStop(this.#controls.find((control) => control === target));
        });
    }

    /** The stop stays where it is, as long as that can be seen. */
    follow(rows: Rows): void {
        this.#rows = rows;
        const controls = this.#controls;
        const kept = controls.find((control) => control === this.#stop);
        this.#moveStop(kept ?? controls[0]);
    }

    get #controls(): readonly HTMLElement[] {
        return this.#rows.flat();
    }

    #moveStop(stop: HTMLElement | undefined): void {
        if (stop === undefined) return;
        this.#stop = stop;
        for (const control of this.#controls) control.tabIndex = control === stop ? 0 : -1;
    }

    #onKey(event: KeyboardEvent): void {
        if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
        const next = this.#reachedBy(event.key);
        if (next === undefined) return;
        next.focus();
        event.preventDefault();
    }

    #reachedBy(key: string): HTMLElement | undefined {
        const focused = this.#container.ownerDocument.activeElement;
        const row = this.#rows.findIndex((controls) => controls.some((one) => one === focused));
        const column = this.#rows[row]?.findIndex((one) => one === focused) ?? 0;
        const inRow = (at: number): HTMLElement | undefined => {
            const controls = this.#rows[at];
            return controls?.[column] ?? controls?.[0];
        };
        switch (key) {
            case 'ArrowDown':
                return inRow(row + 1);
            case 'ArrowUp':
                return inRow(row - 1);
            case 'ArrowRight':
                return this.#rows[row]?.[column + 1];
            case 'ArrowLeft':
                return this.#rows[row]?.[column - 1];
            case 'Home':
                return inRow(0);
            case 'End':
                return inRow(this.#rows.length - 1);
            default:
                return undefined;
        }
    }
}

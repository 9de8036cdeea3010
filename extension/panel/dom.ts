/** Making elements. Text is only ever set as text: what containers print is not trusted. */

export interface Properties {
    readonly class?: string;
    readonly text?: string;
    readonly title?: string;
    readonly label?: string;
    readonly role?: string;
    readonly onClick?: () => void;
}

export function element<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    properties: Properties = {},
    ...children: readonly (Node | null)[]
): HTMLElementTagNameMap[K] {
    const made = document.createElement(tag);
    if (properties.class !== undefined) made.className = properties.class;
    if (properties.text !== undefined) made.textContent = properties.text;
    if (properties.title !== undefined) made.title = properties.title;
    if (properties.label !== undefined) made.setAttribute('aria-label', properties.label);
    if (properties.role !== undefined) made.setAttribute('role', properties.role);
    const { onClick } = properties;
    if (onClick !== undefined) {
        made.addEventListener('click', () => {
            onClick();
        });
    }
    made.append(...children.filter((child) => child !== null));
    return made;
}

export function button(
    label: string,
    picture: SVGSVGElement | null,
    onClick: () => void,
): HTMLButtonElement {
    const made = element('button', { title: label, label, onClick }, picture);
    made.type = 'button';
    if (picture === null) made.textContent = label;
    else made.classList.add('icon');
    return made;
}

/** A person's milliseconds: `8 ms`, `1.4 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
    if (milliseconds < 1000) return `${String(Math.round(milliseconds))} ms`;
    const seconds = milliseconds / 1000;
    if (seconds < 60) return `${seconds.toFixed(1)} s`;
    return `${String(Math.floor(seconds / 60))} min ${String(Math.floor(seconds % 60))} s`;
}

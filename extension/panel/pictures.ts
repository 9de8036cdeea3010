/** The few pictures of the page, drawn on a 16 × 16 grid in the colour of the text. */
import type { ActionState } from '../protocol/messages.js';

const paths = {
    waiting: 'M8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z',
    running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
    done: 'M3.5 8.5l3 3l6-7',
    unchanged: 'M3.5 8h9',
    failed: 'M4 4l8 8M12 4l-8 8',
    pending: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.5v.5',
    find: 'M7 3a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM10 10l3.5 3.5',
    copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
    clear: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9',
    up: 'M3.5 10L8 5.5l4.5 4.5',
    down: 'M3.5 6L8 10.5L12.5 6',
    close: 'M4 4l8 8M12 4l-8 8',
} as const;

export type PictureName = keyof typeof paths;

const namespace = 'http://www.w3.org/2000/svg';

export function picture(name: PictureName): SVGSVGElement {
    const svg = document.createElementNS(namespace, 'svg');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS(namespace, 'path');
    path.setAttribute('d', paths[name]);
    svg.append(path);
    return svg;
}

export function statePicture(state: ActionState): SVGSVGElement {
    const svg = picture(state);
    svg.classList.add('state', state);
    return svg;
}

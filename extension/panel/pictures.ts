/** The few pictures of the page, drawn on a 16 × 16 grid in the colour of the text. */
import type { ActionState } from '../protocol/messages.js';

const paths = {
    waiting: 'M8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z',
    running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
    done: 'M3.5 8.5l3 3l6-7',
    unchanged: 'M3.5 8h9',
    failed: 'M4 4l8 8M12 4l-8 8',
    pending: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.5v.5',
    copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
    push: 'M8 13V3.5M4 7l4-4l4 4',
    stop: 'M4 4h8v8h-8z',
    pause: 'M5.5 3v10M10.5 3v10',
    resume: 'M4 3v10M7 3.5l6 4.5l-6 4.5z',
    restart: 'M12.5 5.5A5 5 0 1 0 13 8M12.8 2.5v3.2h-3.2',
    rebuild: 'M9.5 6.5l-6 6M9 3.5a3 3 0 0 1 4 4l-2-.6l-1.4-1.4z',
    globe: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM2.5 8h11M8 2.5c-4 4-4 7 0 11c4-4 4-7 0-11',
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

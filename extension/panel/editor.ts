/** The page's side of the messages. */
import type { FromPanel, ToPanel } from '../protocol/messages.js';

export type { ToPanel };

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void };

const editor = acquireVsCodeApi();

export function toEditor(message: FromPanel): void {
    editor.postMessage(message);
}

/** Only the editor can post here: the frame around the page passes on nothing else. */
export function fromEditor(receive: (message: ToPanel) => void): void {
    window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
        receive(event.data);
    });
}

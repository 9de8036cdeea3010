/** The page's side of the messages, and what the page keeps for the time when it is made anew. */
import type { FromPanel, PanelTab, ToPanel } from '../protocol/messages.js';

export type { ToPanel };

/** What a person chose. VS Code keeps it while another view is shown, and over a reload. */
export interface Kept {
    /** Key of the session. */
    readonly selected: string | null;
    readonly tab: PanelTab | null;
    /** When the record began that is looked at; null follows the newest. */
    readonly record: number | null;
    readonly step: string | null;
    readonly filter: string;
}

const nothing: Kept = { selected: null, tab: null, record: null, step: null, filter: '' };

declare function acquireVsCodeApi(): {
    postMessage(message: FromPanel): void;
    getState(): Partial<Kept> | undefined;
    setState(state: Kept): void;
};

const editor = acquireVsCodeApi();
let kept: Kept = { ...nothing, ...editor.getState() };

export function keptChoices(): Kept {
    return kept;
}

export function keep(choices: Partial<Kept>): void {
    kept = { ...kept, ...choices };
    editor.setState(kept);
}

export function toEditor(message: FromPanel): void {
    editor.postMessage(message);
}

/** Only the editor can post here: the frame around the page passes on nothing else. */
export function fromEditor(receive: (message: ToPanel) => void): void {
    window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
        receive(event.data);
    });
}

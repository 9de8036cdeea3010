/** Style sheets under a strict policy: each carries the nonce that the script was let in with. */
import ownStyle from './panel.css';
import { terminalStyle } from './terminal.js';

export function adoptStyles(): void {
    const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? '';
    // The terminal makes style elements of its own, and knows of no nonce.
    /* eslint-disable @typescript-eslint/no-deprecated -- only its form for unknown tags is */
    const create = document.createElement.bind(document);
    document.createElement = (tag: string, options?: ElementCreationOptions): HTMLElement => {
        const made = create(tag, options);
        if (tag === 'style') made.nonce = nonce;
        return made;
    };
    /* eslint-enable @typescript-eslint/no-deprecated */
    for (const text of [terminalStyle, ownStyle]) {
        const style = document.createElement('style');
        style.textContent = text;
        document.head.append(style);
    }
}

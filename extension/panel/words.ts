/** The translated words, which come with the page. */
import type { PanelStrings } from '../protocol/strings.js';

export function readStrings(): PanelStrings {
    return JSON.parse(document.body.dataset['strings'] ?? '{}') as PanelStrings;
}

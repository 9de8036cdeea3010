/** A project of which a file says how long its steps take and how much they print. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestWindow } from './session.js';

export const workshop = fileURLToPath(new URL('../projects/workshop', import.meta.url));

/** Lines of its Dockerfile. */
export const lines = { pace: 6, count: 8, packed: 9 } as const;

/** While nobody follows the project, a file of it is simply written. */
export function write(window: TestWindow, path: string, text: string): void {
    writeFileSync(window.path(path), `${text}\n`);
}

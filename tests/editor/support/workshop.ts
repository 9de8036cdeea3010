/** A project of which a file says how long its steps take and how much they print. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TestWindow, type WindowOptions } from './session.js';

const project = fileURLToPath(new URL('../projects/workshop', import.meta.url));

/** Lines of its Dockerfile. */
export const lines = { pace: 6, count: 8, packed: 9 } as const;

export function openWorkshop(options: Omit<WindowOptions, 'project'> = {}): Promise<TestWindow> {
    return TestWindow.open({ project, ...options });
}

/** While nobody follows the project, a file of it is simply written. */
export function write(window: TestWindow, path: string, text: string): void {
    writeFileSync(window.path(path), `${text}\n`);
}

export function removeContainer(name: string): void {
    if (name !== '') execFileSync('/usr/bin/docker', ['rm', '--force', name]);
}

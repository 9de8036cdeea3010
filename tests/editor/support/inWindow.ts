/** The tests of a file share one window: opened for the first of them, closed after the last. */
import { test } from 'vitest';
import type { LivepushPanel } from '../pages/livepushPanel.js';
import type { SideBar } from '../pages/sideBar.js';
import type { Workbench } from '../pages/workbench.js';
import { TestWindow, type WindowOptions } from './session.js';

interface Shown {
    readonly workbench: Workbench;
    readonly panel: LivepushPanel;
    readonly sideBar: SideBar;
}

/** The `it` of tests that happen in a window, and are handed what is seen in it. */
export function inWindow(options: WindowOptions) {
    return (
        test
            // eslint-disable-next-line no-empty-pattern -- vitest reads what is wanted off the pattern
            .extend('window', { scope: 'file' }, async ({}, { onCleanup }) => {
                const window = await TestWindow.open(options);
                onCleanup(() => window.close());
                return window;
            })
            .extend<Shown>({
                workbench: async ({ window, task, onTestFailed }, use) => {
                    // What a person would have seen when it failed.
                    onTestFailed(() => window.picture(`failure-${task.name}`));
                    await use(window.workbench);
                },
                panel: async ({ workbench }, use) => use(workbench.panel),
                sideBar: async ({ workbench }, use) => use(workbench.sideBar),
            })
    );
}

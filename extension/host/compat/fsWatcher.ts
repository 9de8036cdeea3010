import { watch, type FSWatcher } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Livepush } from './livepush.js';

export interface FsWatcherOptions {
    /** Do not push what is there already; it never is, the option is npm livepush's. */
    readonly noInit?: boolean;
    readonly ignored?: string | RegExp | ((path: string) => boolean);
    /** Milliseconds to wait for more changes. */
    readonly debounceWait?: number;
}

const WAIT = 100;

/** Pushes what changes below a folder. Changes that come while a push runs are part of the next. */
export function setupFsWatcher(
    livepush: Livepush,
    path: string,
    options: FsWatcherOptions = {},
): FSWatcher {
    const root = resolve(path);
    const waiting = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    const flush = async (): Promise<void> => {
        const names = [...waiting];
        waiting.clear();
        const updated: string[] = [];
        const deleted: string[] = [];
        for (const name of names) {
            const there = await lstat(name).then(
                () => true,
                () => false,
            );
            (there ? updated : deleted).push(name);
        }
        if (!livepush.livepushNeeded(updated, deleted)) return;
        // What could not be pushed is pending, and part of the next push.
        await livepush.performLivepush(updated, deleted).catch(() => undefined);
    };
    const watcher = watch(root, { recursive: true }, (_event, name) => {
        if (name === null || isIgnored(name, options.ignored)) return;
        waiting.add(join(root, name));
        clearTimeout(timer);
        timer = setTimeout(() => void flush(), options.debounceWait ?? WAIT);
    });
    watcher.on('close', () => clearTimeout(timer));
    return watcher;
}

function isIgnored(path: string, ignored: FsWatcherOptions['ignored']): boolean {
    if (typeof ignored === 'string') return path === ignored || path.startsWith(`${ignored}/`);
    if (ignored instanceof RegExp) return ignored.test(path);
    return ignored?.(path) ?? false;
}

/** VS Code tells of a save twice: by its own event, and by the watcher. Either may come first. */
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PushOnChange } from '../../../extension/editor/changes/pushOnChange.js';
import type { Pusher } from '../../../extension/editor/sessions/pushRunner.js';
import type { SessionEntry } from '../../../extension/editor/sessions/sessionEntry.js';
import type { Sessions } from '../../../extension/editor/sessions/sessions.js';
import { EventEmitter, happened, Uri } from './vscode.js';

/** Longer than what other programs change is gathered for. */
const quiet = 50;

let folder: string;
let path: string;
let uri: Uri;
let pushes: string[];
let pushOnChange: PushOnChange;

function entryOf(context: string): SessionEntry {
    const live = { isRelevant: () => true };
    return { context: Uri.file(context), paused: false, live } as unknown as SessionEntry;
}

function open(entries: SessionEntry[]): void {
    const changed = new EventEmitter<null>();
    const sessions = { all: entries, onDidChange: changed.event } as unknown as Sessions;
    const pusher = {
        pushInBackground: (_entry: unknown, _changes: unknown, reason: string) => {
            pushes.push(reason);
        },
    } as unknown as Pusher;
    pushOnChange = new PushOnChange(sessions, pusher);
    changed.fire(null);
}

beforeEach(() => {
    vi.useFakeTimers();
    folder = mkdtempSync(join(tmpdir(), 'livepush-push-'));
    path = join(folder, 'page.html');
    writeFileSync(path, 'before');
    uri = Uri.file(path);
    pushes = [];
});

afterEach(() => {
    pushOnChange.dispose();
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
});

async function pass(): Promise<void> {
    await vi.advanceTimersByTimeAsync(quiet);
}

describe('a save', () => {
    beforeEach(() => {
        open([entryOf(folder)]);
    });

    it('is pushed at once, and not again when the watcher tells of it', async () => {
        writeFileSync(path, 'saved');
        happened.saved.fire({ uri });
        expect(pushes).toEqual(['saved page.html']);
        happened.changed.fire(uri);
        await pass();
        expect(pushes).toEqual(['saved page.html']);
    });

    it('is not pushed again where the watcher was quicker', async () => {
        writeFileSync(path, 'saved');
        happened.changed.fire(uri);
        await pass();
        expect(pushes).toEqual(['changed page.html']);
        happened.saved.fire({ uri });
        expect(pushes).toEqual(['changed page.html']);
    });

    it('is pushed, whatever the watcher told of before', async () => {
        happened.changed.fire(uri);
        await pass();
        writeFileSync(path, 'saved');
        happened.saved.fire({ uri });
        expect(pushes).toEqual(['changed page.html', 'saved page.html']);
    });

    it('is pushed again when another program changes the file after it', async () => {
        happened.saved.fire({ uri });
        writeFileSync(path, 'formatted');
        happened.changed.fire(uri);
        await pass();
        chmodSync(path, 0o755);
        happened.changed.fire(uri);
        await pass();
        expect(pushes).toEqual(['saved page.html', 'changed page.html', 'changed page.html']);
    });
});

describe('a change of another program', () => {
    beforeEach(() => {
        open([entryOf(folder)]);
    });

    it('is pushed once, however often it is told of', async () => {
        for (let times = 0; times < 3; times += 1) {
            happened.changed.fire(uri);
            await pass();
        }
        expect(pushes).toEqual(['changed page.html']);
    });

    it('is pushed when a file that was away comes back as it was', async () => {
        happened.saved.fire({ uri });
        renameSync(path, `${path}.away`);
        happened.deleted.fire(uri);
        await pass();
        renameSync(`${path}.away`, path);
        happened.created.fire(uri);
        await pass();
        expect(pushes).toEqual(['saved page.html', 'changed page.html', 'changed page.html']);
    });
});

describe('two sessions of one folder', () => {
    it('are each told of a save', () => {
        open([entryOf(folder), entryOf(folder)]);
        happened.saved.fire({ uri });
        expect(pushes).toEqual(['saved page.html', 'saved page.html']);
    });
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Push } from '../../extension/host/push/execution.js';
import type { Reporter, Workplace } from '../../extension/host/push/pushContext.js';
import type { Action, Plan } from '../../extension/host/core/planner.js';

const SILENT: Reporter = {
    plan: () => undefined,
    action: () => undefined,
    output: () => undefined,
    command: () => undefined,
    returned: () => undefined,
};

function action(stage: number, kind: 'prepare' | 'update', after: string[]): Action {
    return { id: `${stage}/${kind}`, stage, kind: { kind }, after, lines: null } as Action;
}

test('the live container is updated only when the core knows of every stage that it takes from', async () => {
    let left = [
        action(0, 'prepare', []),
        action(1, 'prepare', []),
        action(2, 'update', ['0/prepare', '1/prepare']),
    ];
    const told: string[] = [];
    const planner = {
        startPush: () => undefined,
        plan: () => ({ actions: left, needs: [], inexact: [], restarts: false }) as unknown as Plan,
        done: (id: string) => {
            told.push(`done ${id}`);
            left = left.filter((action) => action.id !== id);
        },
        update: () => {
            told.push('update');
            return { kind: 'update', remove: [], restore: [], write: [] };
        },
        forgottenCheckpoints: () => [],
    };
    const stages = {
        prepare: () => Promise.resolve(),
        // Of two stages that end at once, one takes longer to be put in its place.
        promote: (stage: number) => wait(stage === 1 ? 100 : 10),
        abandonAll: () => undefined,
    };
    const done = (): Promise<void> => Promise.resolve();
    const place = {
        planner,
        stages,
        live: {
            check: done,
            isRunning: () => Promise.resolve(true),
            prepare: done,
            remove: done,
            write: done,
            foreignMounts: () => Promise.resolve([]),
        },
        mirror: {
            changed: () => Promise.resolve({ dirty: [], replaced: [], carried: () => undefined }),
        },
        context: new Map(),
        contextRoot: '/',
        target: 2,
        skipRestart: false,
    } as unknown as Workplace;
    const { failed } = await new Push(place, SILENT, new AbortController().signal).run();
    expect(failed).toBeNull();
    expect(told).toEqual(['done 0/prepare', 'done 1/prepare', 'update', 'done 2/update']);
});

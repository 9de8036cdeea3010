import { describe, expect, it } from 'vitest';
import type { ActionView, PlanView, PushResult } from '../../../extension/host/api.js';
import { Record } from '../../../extension/editor/sessions/operation.js';

function action(id: string, line: number): ActionView {
    return {
        id,
        kind: 'exec',
        stage: 0,
        stageName: null,
        title: `RUN ${id}`,
        lines: [line, line],
        why: [],
        conditional: false,
    };
}

function plan(...ids: string[]): PlanView {
    return { actions: ids.map((id, at) => action(id, at + 1)), inexact: [], restarts: false };
}

function result(outcome: PushResult['outcome'], last: PlanView): PushResult {
    return {
        outcome,
        plan: last,
        restarted: false,
        written: 1,
        removed: 0,
        milliseconds: 12,
        error: null,
    };
}

function states(record: Record): string[] {
    return record.steps.map(({ id, state }) => `${id} ${state}`);
}

describe('the record of a push', () => {
    it('keeps the states of steps when the plan becomes more certain', () => {
        const record = new Record(1, 'push', 'saved');
        record.plan(plan('a', 'b'));
        record.step('a', 'done', 3);
        record.plan(plan('a', 'b', 'c'));
        expect(states(record)).toEqual(['a done', 'b waiting', 'c waiting']);
    });

    it('shows a step that a later plan drops as unchanged, in its place', () => {
        const record = new Record(1, 'push', 'saved');
        record.plan(plan('a', 'b', 'c'));
        record.step('a', 'done', 3);
        record.plan(plan('c'));
        expect(states(record)).toEqual(['a done', 'b unchanged', 'c waiting']);
    });

    it('owes what a failed push did not reach', () => {
        const record = new Record(1, 'push', 'saved');
        record.plan(plan('a', 'b'));
        record.step('a', 'failed', 3);
        record.end(result('failed', plan('a', 'b')));
        expect(states(record)).toEqual(['a failed', 'b pending']);
        expect(record.view().outcome).toBe('failed');
    });

    it('counts how far a push is', () => {
        const record = new Record(1, 'push', 'saved');
        record.plan(plan('a', 'b', 'c'));
        record.step('a', 'done', 3);
        record.step('b', 'running', null);
        expect(record.progress).toEqual([1, 3]);
    });

    it('says when a running step began', () => {
        const record = new Record(1, 'push', 'saved', () => 5000);
        record.plan(plan('a'));
        record.step('a', 'running', null);
        expect(record.steps[0]?.startedAt).toBe(5000);
    });
});

import { describe, expect, it } from 'vitest';
import { Coalescer, type Batch, type Timers } from '../../../extension/editor/changes/coalescer.js';

/** A clock that a test moves by hand. */
class Clock implements Timers {
    #now = 0;
    #timers: { readonly at: number; readonly callback: () => void }[] = [];

    readonly set = (callback: () => void, milliseconds: number): unknown => {
        const timer = { at: this.#now + milliseconds, callback };
        this.#timers.push(timer);
        return timer;
    };

    readonly clear = (timer: unknown): void => {
        this.#timers = this.#timers.filter((one) => one !== timer);
    };

    pass(milliseconds: number): void {
        this.#now += milliseconds;
        const due = this.#timers.filter(({ at }) => at <= this.#now);
        this.#timers = this.#timers.filter(({ at }) => at > this.#now);
        for (const { callback } of due) callback();
    }
}

function coalescer(): { clock: Clock; batches: Batch[]; coalescer: Coalescer } {
    const clock = new Clock();
    const batches: Batch[] = [];
    const deliver = (batch: Batch): void => {
        batches.push(batch);
    };
    return {
        clock,
        batches,
        coalescer: new Coalescer({ quiet: 40, cap: 250, deliver, timers: clock }),
    };
}

describe('changes of other programs', () => {
    it('are delivered together once it is quiet', () => {
        const { clock, batches, coalescer: changes } = coalescer();
        changes.add('/a', 'updated');
        clock.pass(30);
        changes.add('/b', 'deleted');
        clock.pass(39);
        expect(batches).toEqual([]);
        clock.pass(1);
        expect(batches).toEqual([{ updated: ['/a'], deleted: ['/b'] }]);
    });

    it('are delivered after the cap though it never is quiet', () => {
        const { clock, batches, coalescer: changes } = coalescer();
        for (let at = 0; at < 250; at += 25) {
            changes.add(`/${String(at)}`, 'updated');
            clock.pass(25);
        }
        expect(batches).toHaveLength(1);
        expect(batches[0]?.updated).toHaveLength(10);
    });

    it('count by the last word on a path', () => {
        const { clock, batches, coalescer: changes } = coalescer();
        changes.add('/a', 'deleted');
        changes.add('/a', 'updated');
        changes.add('/b', 'updated');
        changes.add('/b', 'deleted');
        clock.pass(40);
        expect(batches).toEqual([{ updated: ['/a'], deleted: ['/b'] }]);
    });

    it('are delivered once only', () => {
        const { clock, batches, coalescer: changes } = coalescer();
        changes.add('/a', 'updated');
        clock.pass(40);
        clock.pass(1000);
        expect(batches).toHaveLength(1);
    });

    it('are forgotten when nobody is interested any more', () => {
        const { clock, batches, coalescer: changes } = coalescer();
        changes.add('/a', 'updated');
        changes.dispose();
        clock.pass(1000);
        expect(batches).toEqual([]);
    });
});

import { beforeAll, expect, test } from 'vitest';
import {
    countingCore,
    measured,
    worstCases,
    type CountingCore,
    type WorstCase,
} from '../../benches/core/worst.mjs';

/** Turns of loops, calls and copied bytes, as the module itself counts them: no clock is asked. */
let counting: CountingCore;
let cases: WorstCase[];

beforeAll(async () => {
    counting = await countingCore();
    cases = worstCases(counting.core);
}, 600_000);

test('a text of twice the size costs no function of the core much more than twice as much', () => {
    const tooMuch = cases.flatMap((one) => {
        const small = measured(counting, one, one.size).steps;
        const large = measured(counting, one, 2 * one.size).steps;
        return large <= 2.5 * small + 20_000 ? [] : [`${one.name}: ${small} → ${large}`];
    });
    expect(tooMuch).toEqual([]);
}, 300_000);

test('no text makes the core take more than 128 MB', () => {
    expect(counting.memory()).toBeLessThan(128 * 2 ** 20);
});

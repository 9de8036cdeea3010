/** A few generated sequences, so that the generator keeps working; `npm run test:generated` runs many. */
import { expect, test } from 'vitest';
import { hold } from './generator/hold.js';
import { ensureBase } from './harness/base.js';
import { ourSession } from './harness/sessionEngine.js';

const RUNS = 6;
const SEED = 4;
const MINUTE = 60_000;

test('generated sequences end as fresh builds', { timeout: 15 * MINUTE }, async () => {
    await ensureBase();
    let runs = 0;
    const onRun = (): void => {
        runs += 1;
    };
    const engine = ourSession();
    await hold({
        runs: RUNS,
        seed: SEED,
        engine,
        milliseconds: 12 * MINUTE,
        shrinks: false,
        plain: true,
        onRun,
    });
    expect(runs).toBe(RUNS);
});

/**
 * Many generated scenarios: `npm run test:generated -- --runs 500 --seed 7 --minutes 60`. Every one that
 * differs is told; with `--shrink yes` the first is made as small as possible, and with `--plain yes`
 * there is nothing in them that is still being mended.
 */
import { test } from 'vitest';
import { hold } from '../generator/hold.js';
import { ensureBase } from '../harness/base.js';
import { engines } from '../harness/engines.js';

const SHARDS = 3;
const MINUTE = 60_000;

test('generated scenarios', { timeout: 180 * MINUTE }, async () => {
    const runs = Number(process.env['LIVEPUSH_RUNS'] ?? 100);
    const seed = Number(process.env['LIVEPUSH_SEED'] ?? Math.floor(Math.random() * 1_000_000));
    const minutes = Number(process.env['LIVEPUSH_MINUTES'] ?? 60);
    const engine = engines().find(
        ({ key }) => key === (process.env['LIVEPUSH_CONTENDER'] ?? 'ours'),
    );
    if (engine === undefined) throw new Error('there is no such engine');
    await ensureBase();
    let done = 0;
    const onRun = (): void => {
        done += 1;
        if (done % 20 === 0) console.log(`${done} of ${runs}`);
    };
    console.log(`seed ${seed}: ${runs} scenarios`);
    const shards = Array.from({ length: SHARDS }, (_, index) =>
        hold({
            engine,
            seed: seed + index,
            runs: Math.ceil((runs - index) / SHARDS),
            milliseconds: minutes * MINUTE,
            plain: process.env['LIVEPUSH_PLAIN'] === 'yes',
            shrinks: process.env['LIVEPUSH_SHRINK'] === 'yes',
            onDifference: (text) => console.log(`DIFFERS: ${text}\n`),
            onRun,
        }),
    );
    const failed = (await Promise.allSettled(shards)).filter(({ status }) => status === 'rejected');
    for (const result of failed) {
        if (result.status === 'rejected') console.log(String(result.reason));
    }
    if (failed.length > 0)
        throw new Error(`${failed.length} of ${SHARDS} shards found a difference`);
    console.log(`${done} scenarios, no difference`);
});

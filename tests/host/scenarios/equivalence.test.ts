/** After every push the container is what a fresh build gives: every path, type, mode, owner, link and byte. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ensureBase } from './harness/base.js';
import { ourLivepush } from './harness/engine.js';
import { runScenario } from './harness/runScenario.js';
import { scenarios } from './kinds/all.js';

vi.setConfig({ maxConcurrency: 3, testTimeout: 180_000 });

const engine = ourLivepush();
const kinds = [...new Set(scenarios.map(({ kind }) => kind))];

beforeAll(ensureBase);

describe.each(kinds)('%s', (kind) => {
    const ofKind = scenarios.filter((scenario) => scenario.kind === kind);
    const cases = ofKind.map((scenario) => [scenario.name, scenario] as const);
    test.concurrent.each(cases)('%s', async (_name, scenario) => {
        const failures = await runScenario(scenario, engine);
        if (scenario.unsolved === undefined) expect(failures).toEqual([]);
        else expect(failures, 'it is solved: take the mark away').not.toEqual([]);
    });
});

/** Scenarios as tests, a group for each kind. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ensureBase } from './base.js';
import type { Engine } from './engine.js';
import { runScenario } from './runScenario.js';
import type { Scenario } from './scenario.js';

export function holdAll(scenarios: readonly Scenario[], engine: Engine): void {
    vi.setConfig({ maxConcurrency: 3, testTimeout: 180_000 });
    beforeAll(ensureBase);
    const held = scenarios.filter(({ pending }) => pending === undefined);
    const kinds = [...new Set(held.map(({ kind }) => kind))];
    describe.each(kinds)('%s', (kind) => {
        const ofKind = held.filter((scenario) => scenario.kind === kind);
        const cases = ofKind.map((scenario) => [scenario.name, scenario] as const);
        test.concurrent.each(cases)('%s', async (_name, scenario) => {
            const failures = await runScenario(scenario, engine);
            if (scenario.unsolved === undefined) expect(failures).toEqual([]);
            else expect(failures, 'it is solved: take the mark away').not.toEqual([]);
        });
    });
}

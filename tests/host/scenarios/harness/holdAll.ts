/** Scenarios as tests, a group for each kind. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ensureBase } from './base.js';
import { ourClass } from './classEngine.js';
import type { Engine } from './engine.js';
import { runScenario } from './runScenario.js';
import type { Scenario } from './scenario.js';
import { ourSession } from './sessionEngine.js';
import { stageDockerfiles } from './stages.js';

/** Holds sessions as an editor starts them, and where one cannot be started yet the class of npm livepush. */
export function holdSessions(scenarios: readonly Scenario[]): void {
    holdAll(
        scenarios.filter((scenario) => canStart(scenario)),
        ourSession(),
    );
    holdAll(
        scenarios.filter((scenario) => !canStart(scenario)),
        ourClass(),
    );
}

/** Stages without a name cannot be built yet, and folders that are ignored are sent to the builder. */
function canStart({ kind, dockerfile }: Scenario): boolean {
    const starts = dockerfile.split('\n').filter((line) => /^\s*FROM\s/i.test(line));
    const unnamed = starts.slice(0, stageDockerfiles(dockerfile).length);
    return kind !== 'dockerignore' && unnamed.every((line) => /\sAS\s/i.test(line));
}

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

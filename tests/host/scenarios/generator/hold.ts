/** Holds generated scenarios against the promise; a failure is told with its seed. */
import fc from 'fast-check';
import type { Engine } from '../harness/engine.js';
import { runScenario, ScenarioError } from '../harness/runScenario.js';
import type { Scenario } from '../harness/scenario.js';
import { someScenario } from './arbitraryScenario.js';
import { print } from './print.js';

export interface Holding {
    readonly runs: number;
    readonly seed: number;
    readonly engine: Engine;
    /** How long it may go on, shrinking included. */
    readonly milliseconds: number;
    /** Makes the first scenario that fails as small as possible, which takes many builds. */
    readonly shrinks: boolean;
    /** Without what is still being mended. */
    readonly plain: boolean;
    readonly onRun?: () => void;
    /** Told of each scenario that fails, where they are not made small. */
    readonly onDifference?: (text: string) => void;
}

/** Rejects with a scenario that fails, and how to run it again. */
export async function hold(holding: Holding): Promise<void> {
    const { runs, seed, engine, milliseconds, shrinks, plain, onRun, onDifference } = holding;
    const differing: string[] = [];
    const property = fc.asyncProperty(someScenario(plain), async (scenario) => {
        const failures = await failuresOf(scenario, engine);
        fc.pre(failures !== null);
        onRun?.();
        if (failures.length === 0) return;
        if (shrinks) throw new Error(failures.join('\n'));
        const text = `${failures.join('\n')}\n${print(scenario)}`;
        differing.push(text);
        onDifference?.(text);
    });
    const result = await fc.check(property, {
        numRuns: runs,
        seed,
        interruptAfterTimeLimit: milliseconds,
        markInterruptAsFailure: false,
        maxSkipsPerRun: 20,
    });
    if (differing.length > 0) {
        throw new Error(`seed ${seed}: ${differing.length} differ, first\n${differing[0] ?? ''}`);
    }
    if (!result.failed) return;
    const scenario = result.counterexample?.[0];
    const again = `seed ${result.seed}, path ${result.counterexamplePath ?? ''}`;
    const error = result.errorInstance instanceof Error ? result.errorInstance.message : '';
    throw new Error(`${again}\n${error}\n${scenario === undefined ? '' : print(scenario)}`);
}

/** What the engine got wrong; null where there is nothing to compare, as no build succeeds to begin with. */
async function failuresOf(scenario: Scenario, engine: Engine): Promise<string[] | null> {
    try {
        return await runScenario(scenario, engine);
    } catch (error) {
        if (error instanceof ScenarioError) return null;
        throw error;
    }
}

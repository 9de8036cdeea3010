/** Holds generated scenarios against the promise; a failure is shrunk and told with its seed. */
import fc from 'fast-check';
import type { Engine } from '../harness/engine.js';
import { runScenario, ScenarioError } from '../harness/runScenario.js';
import { someScenario } from './arbitraryScenario.js';
import { print } from './print.js';

export interface Holding {
    readonly runs: number;
    readonly seed: number;
    readonly engine: Engine;
    /** How long it may go on, shrinking included. */
    readonly milliseconds: number;
    readonly onRun?: () => void;
}

/** Rejects with the smallest scenario found that fails, and how to run it again. */
export async function hold({ runs, seed, engine, milliseconds, onRun }: Holding): Promise<void> {
    const property = fc.asyncProperty(someScenario, async (scenario) => {
        const failures = await failuresOf(scenario);
        fc.pre(failures !== null);
        onRun?.();
        if (failures.length > 0) throw new Error(failures.join('\n'));
    });
    const failuresOf = async (
        scenario: Parameters<typeof runScenario>[0],
    ): Promise<string[] | null> => {
        try {
            return await runScenario(scenario, engine);
        } catch (error) {
            // What cannot be built to begin with holds nothing to compare.
            if (error instanceof ScenarioError) return null;
            throw error;
        }
    };
    const result = await fc.check(property, {
        numRuns: runs,
        seed,
        interruptAfterTimeLimit: milliseconds,
        markInterruptAsFailure: false,
        maxSkipsPerRun: 20,
    });
    if (!result.failed) return;
    const scenario = result.counterexample?.[0];
    const again = `seed ${result.seed}, path ${result.counterexamplePath ?? ''}`;
    const error = result.errorInstance instanceof Error ? result.errorInstance.message : '';
    throw new Error(`${again}\n${error}\n${scenario === undefined ? '' : print(scenario)}`);
}

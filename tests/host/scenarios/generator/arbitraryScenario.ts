/** Random projects with up to eight pushes, some of them while the application is down. */
import fc from 'fast-check';
import type { Scenario, Step } from '../harness/scenario.js';
import { choicesWith, ODD_NAMES, type Choices } from './arbitraryContext.js';
import { someDockerfile } from './arbitraryDockerfile.js';

const someStep = ({ edit }: Choices, plain: boolean): fc.Arbitrary<Step> =>
    fc.record({
        edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
        report: fc.constantFrom('files' as const, 'tops' as const),
        absolute: fc.boolean(),
        down: fc.integer({ min: 0, max: plain ? 0 : 9 }).map((one) => one === 9),
        generated: fc.constant(true),
    });

const scenarioWith = (choices: Choices, plain: boolean): fc.Arbitrary<Scenario> =>
    fc
        .record({
            files: choices.files,
            dockerfile: someDockerfile(plain),
            steps: fc.array(someStep(choices, plain), { minLength: 1, maxLength: 8 }),
            linkedContext: fc.integer({ min: 0, max: 5 }).map((one) => one === 5),
            ends: fc.integer({ min: 0, max: plain ? 0 : 9 }).map((one) => one === 9),
        })
        .map(({ dockerfile, ends, ...rest }) => ({
            kind: 'generated',
            name: 'generated',
            // An application that ends at once leaves its container behind, which is pushed to as well.
            dockerfile: ends ? `${dockerfile}CMD ["/bin/busybox", "true"]\n` : dockerfile,
            ownCommand: ends,
            ...rest,
        }));

/** Without what is still being mended, where it is to be `plain`. */
export const someScenario = (plain: boolean): fc.Arbitrary<Scenario> =>
    fc
        .constantFrom(...ODD_NAMES.filter((odd) => !plain || !/[\udc80-\udcff]/.test(odd)))
        .chain((odd) => scenarioWith(choicesWith(odd, plain), plain));

/** All scenarios where nothing of ours can run in a container, so that all is done by Docker's own calls. */
import { expect, test, vi } from 'vitest';
import { HelperUnavailable } from '../../../../extension/host/helper/errors.js';
import { ourClass } from '../harness/classEngine.js';
import { holdAll } from '../harness/holdAll.js';
import { runScenario } from '../harness/runScenario.js';
import { scenarios } from '../kinds/all.js';

vi.mock('../../../../extension/host/helper/binary.js', () => ({
    binaryOf: () => Promise.reject(new HelperUnavailable('none is made for this test')),
}));

const impossible = scenarios.filter(({ needsHelper }) => needsHelper !== undefined);
const possible = scenarios.filter(({ needsHelper }) => needsHelper === undefined);

holdAll(possible, ourClass());

test.each(impossible)('says that it cannot be done: $kind, $name', async (scenario) => {
    const [failure] = await runScenario(scenario, ourClass());
    expect(failure).toMatch(/nothing in the container can remove files.* Rebuild/s);
});

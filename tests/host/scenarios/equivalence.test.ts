/**
 * After every push the container is what a fresh build gives: every path, type, mode, owner, link,
 * byte and attribute. Every third scenario, for all of them take minutes: `npm run test:equivalence`.
 */
import { holdAll } from './harness/holdAll.js';
import { ourSession } from './harness/sessionEngine.js';
import { scenarios } from './kinds/all.js';

const sample = scenarios.filter((_scenario, index) => index % 3 === 0);

holdAll(sample, ourSession());

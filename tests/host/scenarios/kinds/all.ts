/** Every hand-made scenario. */
import type { Scenario } from '../harness/scenario.js';
import { copying } from './copying.js';
import { readme } from './readme.js';

export const scenarios: readonly Scenario[] = [...readme, ...copying];

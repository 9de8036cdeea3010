/** After every push the container is what a fresh build gives: every path, type, mode, owner, link and byte. */
import { ourLivepush } from './harness/engine.js';
import { holdAll } from './harness/holdAll.js';
import { scenarios } from './kinds/all.js';

holdAll(scenarios, ourLivepush());

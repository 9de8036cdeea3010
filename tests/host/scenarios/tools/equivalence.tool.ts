/** All scenarios: after every push the container is what a fresh build gives. */
import { holdAll } from '../harness/holdAll.js';
import { ourSession } from '../harness/sessionEngine.js';
import { scenarios } from '../kinds/all.js';

holdAll(scenarios, ourSession());

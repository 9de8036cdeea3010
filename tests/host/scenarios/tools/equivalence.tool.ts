/** All scenarios: after every push the container is what a fresh build gives. */
import { holdSessions } from '../harness/holdAll.js';
import { scenarios } from '../kinds/all.js';

holdSessions(scenarios);

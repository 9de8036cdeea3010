/** Every engine that scenarios can be held against. */
import { npmLivepush, ourClass } from './classEngine.js';
import type { Engine } from './engine.js';
import { ourSession } from './sessionEngine.js';

/** Ours, as an editor starts it and as the class of npm livepush, then npm livepush itself. */
export function engines(): Engine[] {
    return [ourSession(), ourClass(), npmLivepush()];
}

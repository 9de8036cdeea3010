/** Every hand-made scenario. */
import type { Scenario } from '../harness/scenario.js';
import { buildkit } from './buildkit.js';
import { copying } from './copying.js';
import { deletions } from './deletions.js';
import { directives } from './directives.js';
import { dockerignore } from './dockerignore.js';
import { multiStage } from './multiStage.js';
import { ownContext } from './ownContext.js';
import { ownership } from './ownership.js';
import { readme } from './readme.js';
import { sequences } from './sequences.js';

export const scenarios: readonly Scenario[] = [
    readme,
    copying,
    ownContext,
    multiStage,
    buildkit,
    dockerignore,
    sequences,
    ownership,
    deletions,
    directives,
].flat();

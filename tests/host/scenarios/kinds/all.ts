/** Every hand-made scenario. */
import type { Scenario } from '../harness/scenario.js';
import { addArchives } from './addArchives.js';
import { buildkit } from './buildkit.js';
import { copying } from './copying.js';
import { copyingKinds } from './copyingKinds.js';
import { deletions } from './deletions.js';
import { directives } from './directives.js';
import { dockerignore } from './dockerignore.js';
import { multiStage } from './multiStage.js';
import { ownContext } from './ownContext.js';
import { ownership } from './ownership.js';
import { readme } from './readme.js';
import { specialFiles } from './specialFiles.js';
import { sequences } from './sequences.js';
import { stageGraphs } from './stageGraphs.js';

export const scenarios: readonly Scenario[] = [
    readme,
    copying,
    copyingKinds,
    ownContext,
    multiStage,
    stageGraphs,
    buildkit,
    dockerignore,
    sequences,
    ownership,
    deletions,
    directives,
    addArchives,
    specialFiles,
].flat();

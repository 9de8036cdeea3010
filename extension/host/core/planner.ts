/** The core's types under the names by which the host speaks of them. */
import type { Command, CoreSession } from './wasm.js';

export type {
    Action,
    Archive,
    Checkpoint,
    Entry,
    FoundEntry,
    FoundPath,
    ImageFacts,
    Mount,
    Need,
    Outline,
    OutlineStage,
    Plan,
} from './wasm.js';

/** Decides; everything in it is synchronous. Lists of paths are joined by NUL. */
export type Planner = CoreSession;

/** What a RUN runs. */
export type RunCommand = Command;

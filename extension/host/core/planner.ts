/** The core's types under the names by which the host speaks of them. */
import { type Command, core, type CoreSession, type ImageFacts } from './wasm.js';
import { tableOf } from './contextTable.js';
import type { Context } from '../context/scan.js';
import { LivepushError, messageOf } from '../common/errors.js';

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

/** What the core has to be told before it can plan anything. */
export interface Facts {
    readonly platform: string;
    readonly currentBuilder: boolean;
    /** Configs of images by name; null where it cannot be had. */
    readonly images: Map<string, ImageFacts | null>;
}

export interface PlannerSettings {
    readonly text: string;
    readonly target: string | null;
    readonly buildArgs: Readonly<Record<string, string>>;
}

/** A planner that knows as much as is known; `neededImages` says what it lacks. */
export function openPlanner(settings: PlannerSettings, facts: Facts): Planner {
    const { CoreSession } = core();
    const planner = new CoreSession({
        dockerfile: settings.text,
        target: settings.target,
        buildArgs: { ...settings.buildArgs },
        currentBuilder: facts.currentBuilder,
        platform: facts.platform,
    });
    tell(planner, facts);
    return planner;
}

/** What the images were built from. */
export function setBuilt(planner: Planner, ignore: string | null, built: Context): void {
    setIgnore(planner, ignore);
    planner.setContext(tableOf(built));
}

export function tell(planner: Planner, facts: Facts): void {
    for (;;) {
        const name = planner.neededImages().find((needed) => facts.images.has(needed));
        if (name === undefined) return;
        planner.learnImage(name, facts.images.get(name) ?? null);
    }
}

/** Tells the core the ignore file, and says where a build would refuse it. */
export function setIgnore(planner: Planner, text: string | null): void {
    try {
        planner.setIgnore(text);
    } catch (error) {
        throw new LivepushError('dockerfile-invalid', `.dockerignore: ${messageOf(error)}`, {
            remedy: 'Correct the ignore file; a build refuses it too.',
            path: '.dockerignore',
            cause: error,
        });
    }
}

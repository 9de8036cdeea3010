import type { ActionState } from '../api.js';
import type { Contents } from '../context/contentCache.js';
import type { Context } from '../context/scan.js';
import type { LiveContainer } from '../containers/liveContainer.js';
import type { LivepushError } from '../common/errors.js';
import type { Sources } from './sources.js';
import type { Mirror } from './liveDiff.js';
import type { Mounts } from './runMounts.js';
import type { Action, Plan, Planner, RunCommand } from '../core/planner.js';
import type { Stages } from './stages.js';

/** Everything that a push works with. */
export interface Workplace {
    readonly planner: Planner;
    readonly stages: Stages;
    readonly mirror: Mirror;
    readonly live: LiveContainer;
    readonly contextRoot: string;
    readonly context: Context;
    readonly contents: Contents;
    readonly target: number;
    readonly skipRestart: boolean;
    /** Starts an application that has ended after every push that changes its container. */
    readonly startsEnded: boolean;
    mounts(sources: Sources): Promise<Mounts>;
    /** Tells what is worth knowing and asks for nothing. */
    notice(text: string): void;
}

export interface Reporter {
    plan(plan: Plan): void;
    action(id: string, state: ActionState, milliseconds: number | null): void;
    output(id: string, stream: 'stdout' | 'stderr', data: Uint8Array): void;
    /** A command is about to run, and has ended. */
    command(action: Action, command: RunCommand): void;
    returned(action: Action, command: RunCommand, code: number): void;
}

export interface CarriedOut {
    readonly failed: LivepushError | null;
    /** What failed is a command, which has said why itself. */
    readonly commandFailed: boolean;
    readonly restarted: boolean;
    readonly written: number;
    readonly removed: number;
    /** Paths that changed while they were read; they are to be looked at again. */
    readonly unstable: ReadonlySet<string>;
}

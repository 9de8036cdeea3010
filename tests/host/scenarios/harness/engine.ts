/** The engines under test, behind one interface: each keeps a container live, and is told of edits. */
import type Docker from 'dockerode';
import type { Scenario } from './scenario.js';

/** What is kept live: a scenario's project, laid out on disk. */
export interface Project {
    readonly scenario: Scenario;
    /** The Dockerfile with its directives. */
    readonly text: string;
    /** What the docker command line builds. */
    readonly liveText: string;
    readonly label: string;
    /** Folder of the build context, in which `Dockerfile` holds the text. */
    readonly root: string;
    /** A file outside the context that holds the live text. */
    readonly dockerfile: string;
}

export interface Session {
    readonly live: Docker.Container;
    /** What the engine reported since the counts were last set to 0. */
    readonly events: { restarts: number; runs: number };
    /** Carries changes into the container; rejects where it could not. */
    push(updated: string[], deleted: string[]): Promise<void>;
    /** Removes all that the engine made. */
    close(): Promise<void>;
}

export interface Engine {
    readonly key: 'ours' | 'class' | 'npm';
    readonly title: string;
    /** Whether the engine itself runs the container, so that the Dockerfile must say what it runs. */
    readonly runs: boolean;
    liveText(text: string): string;
    open(project: Project): Promise<Session>;
}

/** The engine refused what it was asked to do. */
export class EngineError extends Error {
    override readonly name = 'EngineError';
}

/** Runs what an engine does; what it throws is the engine's failure, not the harness's. */
export async function refusing<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw new EngineError(`${what}: ${messageOf(error)}`);
    }
}

export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

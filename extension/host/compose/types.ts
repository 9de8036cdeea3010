/** What a front end sees of a live Compose project. */
import type { EventEmitter } from 'node:events';
import type Docker from 'dockerode';
import type { Changes, LivepushErrorShape, LiveSession, PushResult } from '../api.js';

/** What `startComposeProject` takes. */
export interface ComposeOptions {
    readonly docker: Docker;
    /** Absolute path of the folder of the Compose file. */
    readonly directory: string;
    /** Absolute paths of all Compose files in order; without them, Compose's own are found. */
    readonly files?: readonly string[];
    readonly profiles?: readonly string[];
    /** Variables that Compose fills in, above those of the process and of `.env`. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Restarts nothing after a push. */
    readonly skipRestart?: boolean;
    /** Restarts whole containers; without it, only the application in them. */
    readonly restartContainer?: boolean;
    /** Output of builds (with the service) and of Compose (with null). */
    readonly onOutput?: (text: string, service: string | null) => void;
    readonly signal?: AbortSignal;
}

/** How a project ends: its containers go on, are stopped, or are removed with their networks. */
export type ComposeEnd = 'leave' | 'stop' | 'down';

export interface ComposeEvents {
    /** A container of a live service is followed from now on. */
    session: [service: string, session: LiveSession];
    /** A container of a live service is gone. */
    sessionEnd: [service: string, session: LiveSession];
    problem: [error: LivepushErrorShape, service: string | null];
    /** What is worth knowing and asks for nothing; each at most once. */
    notice: [text: string];
}

/** A Compose project whose built services follow their files. */
export interface ComposeProject extends EventEmitter<ComposeEvents> {
    /** As Compose calls it. */
    readonly name: string;
    /** Names of all services, in the order of the model. */
    readonly services: readonly string[];
    /** Names of the services that are live. */
    readonly liveServices: readonly string[];
    /** What was worth knowing so far; starting tells of it before anything can listen. */
    readonly notices: readonly string[];
    readonly problems: readonly LivepushErrorShape[];
    /** The session of each container of a service. */
    sessions(service: string): readonly LiveSession[];
    /** Pushes to every container that the changes concern, all at the same time. */
    push(changes: Changes, reason?: string): Promise<ReadonlyMap<LiveSession, PushResult>>;
    /** Builds a live service again and has Compose replace its containers. */
    rebuild(service: string): Promise<void>;
    /** Reads the Compose files again and has Compose bring up what they changed. */
    reload(): Promise<void>;
    /** Waits until containers that came or went have been taken up or let go. */
    settled(): Promise<void>;
    close(end: ComposeEnd): Promise<void>;
}

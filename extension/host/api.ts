/**
 * What the host offers to a front end: the types of a live session and its events.
 * The editor and the drop-in `Livepush` class are written against these and nothing else of the host.
 */
import type Docker from 'dockerode';
import type { ComposeOptions, ComposeProject } from './compose/types.js';

/** First and last line of an instruction in the Dockerfile, 1-based. */
export type Lines = readonly [first: number, last: number];

export type ActionState =
    | 'waiting'
    | 'running'
    | 'done'
    /** Its inputs turned out as they were, so there was nothing to do. */
    | 'unchanged'
    | 'failed'
    /** It was cancelled or never reached, and is part of the next push. */
    | 'pending';

/** One action of a push as a person sees it. */
export interface ActionView {
    /** Stable over re-planning within a push, for example `1/5/exec`. */
    readonly id: string;
    readonly kind: 'prepare' | 'copy' | 'exec' | 'keep' | 'update' | 'restart';
    readonly stage: number;
    readonly stageName: string | null;
    /** The instruction's text on one line, or a short description. */
    readonly title: string;
    readonly lines: Lines | null;
    /** Why it is there, one sentence each: `package.json changed → COPY on line 4`. */
    readonly why: readonly string[];
    /** Runs only if what it takes from another stage really changes. */
    readonly conditional: boolean;
}

/** A step that a push cannot make equal to a fresh build, and what to do about it. */
export interface Inexact {
    readonly stage: number;
    readonly lines: Lines | null;
    readonly why: string;
    readonly remedy: string;
}

export interface PlanView {
    readonly actions: readonly ActionView[];
    readonly inexact: readonly Inexact[];
    readonly restarts: boolean;
}

export interface PushResult {
    readonly outcome: 'nothing' | 'done' | 'failed' | 'cancelled';
    readonly plan: PlanView;
    readonly restarted: boolean;
    /** Paths written and removed in the live container. */
    readonly written: number;
    readonly removed: number;
    readonly milliseconds: number;
    readonly error: LivepushErrorShape | null;
}

/** Every error of the host: cause, place, remedy. */
export interface LivepushErrorShape {
    readonly code: ErrorCode;
    readonly message: string;
    readonly remedy: string;
    /** What a failed command or an application printed last; may be empty. */
    readonly output: string;
    readonly lines: Lines | null;
    readonly path: string | null;
    readonly cause?: unknown;
}

/** What kind of thing went wrong; each with its cause and remedy, from which docs/errors.md is made. */
export type ErrorCode =
    /**
     * No Docker daemon answers at the address in use.
     * @remedy Start Docker, or name the address at which it listens.
     */
    | 'daemon-unreachable'
    /**
     * What names the Docker engine (its address, a context or certificates) cannot be used.
     * @remedy Correct the setting or the environment variable that the error names.
     */
    | 'connection-invalid'
    /**
     * The daemon's socket exists, but this user may not open it.
     * @remedy Join the group that owns the socket, then log in again.
     */
    | 'permission-denied'
    /**
     * The Dockerfile, a directive in it or the ignore file says what no build accepts.
     * @remedy Fix the line that the error names.
     */
    | 'dockerfile-invalid'
    /**
     * A build of the Dockerfile failed.
     * @remedy Fix the Dockerfile or what it runs, then start again.
     */
    | 'build-failed'
    /**
     * An image cannot be had from its registry: it is not there, access was refused, or nothing answers.
     * @remedy Check the name of the image, the network and its proxy, and log in with `docker login`.
     */
    | 'registry-failed'
    /**
     * An image that a stage is made from is not in Docker.
     * @remedy Pull or build the image, or rebuild.
     */
    | 'image-missing'
    /**
     * The layers of an image do not fit the steps of its Dockerfile, so no step can be repeated from them.
     * @remedy Rebuild to make images of today's Dockerfile.
     */
    | 'image-mismatch'
    /**
     * The live container was removed.
     * @remedy Rebuild to create a new container.
     */
    | 'container-gone'
    /**
     * The container does not run, and nothing in this push starts it.
     * @remedy Start the container, then push again.
     */
    | 'container-not-running'
    /**
     * The container is paused.
     * @remedy Unpause it with `docker unpause`.
     */
    | 'container-paused'
    /**
     * The application exited.
     * @remedy Read its last output, fix the cause and save, or restart it.
     */
    | 'container-died'
    /**
     * A published port is in use on the machine of the daemon.
     * @remedy Stop what listens there, or publish another port.
     */
    | 'port-taken'
    /**
     * A path lies on a file system that cannot be written.
     * @remedy Run the container without `--read-only` while it is live.
     */
    | 'read-only'
    /**
     * A volume or bind mount covers a path that a step writes.
     * @remedy Run the container without the mount, or leave the file out.
     */
    | 'mounted-over'
    /**
     * The disk on which Docker keeps its data is full.
     * @remedy Free space there; `docker system df` tells what takes it.
     */
    | 'no-space'
    /**
     * A command is written for a shell that the image does not have.
     * @remedy Write the command as a JSON list of words, or copy a shell into the image.
     */
    | 'no-shell'
    /**
     * A step of the Dockerfile failed; a build of this context fails too.
     * @remedy Fix the error and save; the push resumes at this step.
     */
    | 'step-failed'
    /**
     * A named path is outside the build context.
     * @remedy Name paths below the build context only.
     */
    | 'outside-context'
    /**
     * A file of the project cannot be read.
     * @remedy Make it readable, or name it in `.dockerignore`.
     */
    | 'unreadable'
    /**
     * A change cannot be carried into the running container.
     * @remedy Rebuild.
     */
    | 'rebuild-needed'
    /**
     * Compose refused what it was asked for, or the Compose file.
     * @remedy Fix what Compose reports; `docker compose config` reports it too.
     */
    | 'compose-failed'
    /**
     * The docker command or its Compose plugin is not installed.
     * @remedy Install Docker Desktop or the Compose plugin.
     */
    | 'compose-missing'
    /**
     * The push or start was cancelled.
     * @remedy Nothing to do: its work is part of the next push.
     */
    | 'cancelled'
    /**
     * A bug in Livepush.
     * @remedy Rebuild to get back to a known state, and report it.
     */
    | 'internal';

export type SessionState =
    | 'starting'
    | 'live'
    | 'pushing'
    | 'paused'
    /** A step failed or a push was cancelled: work is pending. */
    | 'pending'
    | 'failed'
    /** The live container does not run. */
    | 'down'
    /** The live container was removed. */
    | 'gone'
    | 'rebuilding'
    | 'closed';

export interface SessionEvents {
    state: [state: SessionState];
    pushStart: [plan: PlanView, reason: string];
    /** The plan became more certain: actions were added or dropped. */
    planChange: [plan: PlanView];
    action: [id: string, state: ActionState, milliseconds: number | null];
    output: [id: string, stream: 'stdout' | 'stderr', data: Uint8Array];
    pushEnd: [result: PushResult];
    restart: [containerId: string];
    /**
     * Output of the application in the live container, followed across restarts. A marker is a line
     * that says that the application exited, with its exit code, or started again.
     */
    log: [stream: 'stdout' | 'stderr' | 'marker', data: Uint8Array];
    problem: [error: LivepushErrorShape];
    /** What a person may want to know, but need not do anything about; each at most once. */
    notice: [text: string];
}

/** What the host's `start` and `attach` take. */
export interface SessionOptions {
    readonly docker: Docker;
    /** Absolute path of the Dockerfile. */
    readonly dockerfile: string;
    /** Absolute path of the build context. */
    readonly context: string;
    readonly target?: string;
    readonly buildArgs?: Readonly<Record<string, string>>;
    readonly skipRestart?: boolean;
    /**
     * Restarts the container itself. Without it, only the application is restarted in a container
     * that the session made, which takes milliseconds.
     */
    readonly restartContainer?: boolean;
    readonly signal?: AbortSignal;
}

export interface StartOptions extends SessionOptions {
    /** Published ports, for example `8080:80` or `127.0.0.1:3000:3000`; by default each EXPOSEd port on a free one of 127.0.0.1. */
    readonly ports?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly name?: string;
    readonly onBuildOutput?: (text: string) => void;
}

export interface AttachOptions extends SessionOptions {
    readonly containerId: string;
    /** Images of all stages but the last, in file order; built when absent. */
    readonly stageImages?: readonly string[];
}

export interface Changes {
    /** Absolute, or relative to the context; native separators are accepted. */
    readonly updated: readonly string[];
    readonly deleted: readonly string[];
}

/** A path in which the live container and a fresh build differ. */
export interface Difference {
    readonly path: string;
    readonly kind:
        'missing' | 'extra' | 'type' | 'mode' | 'owner' | 'link' | 'content' | 'attributes';
    readonly expected: string;
    readonly actual: string;
}

/** A live session as a front end holds it. `Session.start` and `Session.attach` make one. */
export interface LiveSession {
    readonly id: string;
    readonly dockerfile: string;
    readonly context: string;
    /** Which engine it is on, or null where its handle was made elsewhere. */
    readonly connection: EngineConnection | null;
    /** Whether the session made its container, so that it may replace and remove it. */
    readonly own: boolean;
    readonly containerId: string;
    readonly containerName: string;
    readonly image: string;
    /** Where a published port answers: container port (`80/tcp`) → `127.0.0.1:49153`. */
    readonly addresses: ReadonlyMap<string, string>;
    readonly state: SessionState;
    readonly pending: boolean;
    /** Paths that no push looks at: outside the context or ignored. */
    isRelevant(path: string): boolean;
    /** Without changes, the whole context is looked at again. */
    push(changes?: Changes, reason?: string): Promise<PushResult>;
    plan(changes?: Changes): Promise<PlanView>;
    cancel(): Promise<void>;
    restart(): Promise<void>;
    rebuild(onBuildOutput?: (text: string) => void): Promise<void>;
    verify(onBuildOutput?: (text: string) => void): Promise<readonly Difference[]>;
    /** What saving this path would do if its content were new. Nothing is carried out. */
    explain(path: string): Promise<PlanView>;
    /** Before the process ends: removes the containers besides the live one, which a later process may take up. */
    leave(): Promise<void>;
    /** Removes what the session made besides the live container (and that too, if asked and if the session made it). */
    close(options?: { readonly removeContainer?: boolean }): Promise<void>;
    on<K extends keyof SessionEvents>(
        event: K,
        listener: (...args: SessionEvents[K]) => void,
    ): this;
    off<K extends keyof SessionEvents>(
        event: K,
        listener: (...args: SessionEvents[K]) => void,
    ): this;
}

/** A session that an earlier process of this user left behind, known by its record. */
export interface FoundSession {
    readonly id: string;
    readonly dockerfile: string;
    readonly context: string;
    readonly containerId: string;
    readonly containerName: string;
    readonly running: boolean;
}

/** A container that a person may attach to. */
export interface ContainerChoice {
    readonly id: string;
    readonly name: string;
    readonly image: string;
    /** In Docker's words, for example `Up 2 hours`. */
    readonly status: string;
    /** Seems to have been built from the Dockerfile that was asked about; these come first. */
    readonly likely: boolean;
}

/** A context of the docker command line. */
export interface ContextChoice {
    readonly name: string;
    readonly description: string;
    readonly address: string;
}

/** An engine that answers on this machine, by the name of what brings it. */
export interface EngineOffer {
    readonly name: string;
    readonly address: string;
}

/** What a clean-up removed. */
export interface CleanUpResult {
    readonly containers: number;
    readonly images: number;
    readonly volumes: number;
}

/** What may name an engine besides the environment and the docker command line's config. */
export interface ConnectionSettings {
    /** An address, such as `unix:///var/run/docker.sock`, `tcp://10.0.0.7:2376` or `ssh://user@host`. */
    readonly host?: string;
    /** The name of a Docker context; not together with `host`. */
    readonly context?: string;
    /** Absolute path of a folder with `ca.pem`, `cert.pem` and `key.pem`, for an engine behind TLS. */
    readonly certPath?: string;
}

/** What chose an engine. */
export type ConnectionSource =
    | 'host-setting'
    | 'context-setting'
    | 'DOCKER_HOST'
    | 'DOCKER_CONTEXT'
    /** `currentContext` of the docker command line's config file. */
    | 'current-context'
    | 'default';

/** Which engine a handle speaks to, and why this one. */
export interface EngineConnection {
    /** The Docker context that names it, or null where an address did. */
    readonly context: string | null;
    readonly address: string;
    readonly source: ConnectionSource;
    /** The machine on which it runs, or null for this one. */
    readonly host: string | null;
    /** Whether the connection is encrypted by TLS. */
    readonly tls: boolean;
}

/**
 * What `extension/host/frontEnd.ts` exports: all that an editor needs. It is loaded when somebody
 * starts or takes up a session, not before, so that Docker's client costs nothing until then.
 */
export interface FrontEnd {
    /**
     * Sets the folder in which sessions are recorded; only this user may be able to write to it.
     * Sessions are found and cleaned up only by processes that use the same folder.
     */
    setStateFolder(folder: string): void;
    /**
     * The engine that the settings name, else the one that the docker command line would use; it
     * is asked once whether it answers. A text is the setting `host`.
     */
    connect(settings?: ConnectionSettings | string): Promise<Docker>;
    /** Which engine a handle of `connect` speaks to. */
    connectionOf(docker: Docker): EngineConnection | null;
    /** Which engine `connect` would speak to, without asking whether it answers. */
    chooseConnection(settings?: ConnectionSettings): Promise<EngineConnection>;
    /** The contexts of the docker command line, the default one first. */
    listContexts(): Promise<readonly ContextChoice[]>;
    /** Engines that answer at one of the sockets that are known of programs which bring one. */
    findEngines(): Promise<readonly EngineOffer[]>;
    /** Builds the live Dockerfile and runs it. */
    startSession(options: StartOptions): Promise<LiveSession>;
    attachSession(options: AttachOptions): Promise<LiveSession>;
    /** Builds and runs a Compose project, whose built services follow their files. */
    startComposeProject(options: ComposeOptions): Promise<ComposeProject>;
    /** Sessions whose Dockerfile is one of these and that no living process holds. */
    findSessions(docker: Docker, dockerfiles: readonly string[]): Promise<readonly FoundSession[]>;
    resumeSession(docker: Docker, found: FoundSession, signal?: AbortSignal): Promise<LiveSession>;
    listContainers(docker: Docker, dockerfile: string): Promise<readonly ContainerChoice[]>;
    /** Removes what sessions left behind that are no more. */
    cleanUp(docker: Docker): Promise<CleanUpResult>;
}

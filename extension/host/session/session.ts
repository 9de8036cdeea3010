import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import type {
    AttachOptions,
    Changes,
    Difference,
    EngineConnection,
    LivepushErrorShape,
    LiveSession,
    PlanView,
    PushResult,
    SessionState,
    StartOptions,
} from '../api.js';
import { notOurs, ofAttached } from './attachedErrors.js';
import { ContainerWatch } from '../containers/monitor.js';
import { leaveToUser } from '../docker/objects.js';
import { LiveContainer } from '../containers/liveContainer.js';
import { engineIdOf } from '../docker/engineId.js';
import { ask, connectionOf } from '../docker/client.js';
import { whyEnded } from '../containers/exitReason.js';
import { asLivepushError, cancelled, isPanic, LivepushError } from '../common/errors.js';
import { endSession, removeLeft, removePending } from './cleanup.js';
import { acquire, release, unlock } from './lock.js';
import { type SessionRecord, writeRecord } from './record.js';
import {
    buildProject,
    readDockerfile,
    type BuiltProject,
    type ProjectSettings,
} from './project.js';
import { adopt, differences, recover } from './reconcile.js';
import type { CarriedOut, Reporter } from '../push/pushContext.js';
import { Pusher } from '../push/pusher.js';
import { NOTHING_DONE, PushReport } from '../push/report.js';
import { addressesOf } from '../containers/ports.js';
import {
    type KeptSettings,
    replaceContainer,
    runContainer,
    type RunRequest,
} from '../containers/run.js';
import { runsTheSame } from '../docker/imageConfig.js';
import { DockerfileReport } from '../push/dockerfileReport.js';
import { SessionEmitter } from './events.js';
import { reasonOf, viewOf } from '../push/planView.js';

/** A daemon that is told to end stops its containers first, within about half of this. */
const SHUTDOWN_MILLISECONDS = 30_000;

/** A running container that follows a project. */
export class Session extends SessionEmitter implements LiveSession {
    public readonly id: string;
    public readonly dockerfile: string;
    public readonly context: string;
    readonly #docker: Docker;
    readonly #settings: KeptSettings;
    public readonly own: boolean;
    #project: BuiltProject;
    #pusher: Pusher;
    #container: Docker.ContainerInspectInfo;
    #watch: ContainerWatch;
    #state: SessionState = 'starting';
    #restarting = false;
    /** The state in which the daemon was lost; null while it answers. */
    #lost: SessionState | null = null;
    #endedAt = 0;
    /** The Dockerfile was named by a push, and the container does not follow it yet. */
    #follows = false;
    #following: AbortController | null = null;
    #followed: Promise<unknown> = Promise.resolve();
    /** The log says that the application exited. */
    #endIsMarked = false;
    #pushes = 0;

    private constructor(
        settings: ProjectSettings & { readonly kept: KeptSettings; readonly own: boolean },
        project: BuiltProject,
        container: Docker.ContainerInspectInfo,
    ) {
        super();
        this.id = settings.session;
        this.dockerfile = settings.dockerfile;
        this.context = settings.context;
        this.#docker = settings.docker;
        this.#settings = settings.kept;
        this.own = settings.own;
        this.#project = project;
        this.#container = container;
        this.#pusher = this.#openPusher();
        this.#watch = this.#openWatch();
    }

    /** Builds a project's live Dockerfile and runs it. */
    public static async start(options: StartOptions): Promise<Session> {
        const session = randomUUID();
        await acquire(session);
        try {
            const kept = keptOf(options);
            const project = await buildProject({ ...options, session });
            return await freeing(project, async () => {
                const container = await runContainer({
                    docker: options.docker,
                    image: project.image,
                    session,
                    context: options.context,
                    settings: kept,
                    exposed: project.outline.exposed,
                    command: project.command,
                });
                const made = new Session(
                    { ...options, session, kept, own: true },
                    project,
                    await inspect(container),
                );
                return made.#opened(() => made.#record());
            });
        } catch (error) {
            await endSession(options.docker, session);
            throw error;
        }
    }

    /** Attaches to a container that the user runs. */
    public static async attach(options: AttachOptions): Promise<Session> {
        const session = randomUUID();
        await acquire(session);
        try {
            return await Session.#takeUp({
                ...options,
                session,
                kept: keptOf(options),
                own: false,
            });
        } catch (error) {
            await endSession(options.docker, session);
            throw error;
        }
    }

    /** Takes up a container that an earlier process made. Where that fails, it can be found again. */
    public static async resume(
        docker: Docker,
        record: SessionRecord,
        signal?: AbortSignal,
    ): Promise<Session> {
        const { id: session, dockerfile, context, containerId, settings: kept } = record;
        await acquire(session);
        try {
            await removeLeft(docker, session, containerId);
            const container = docker.getContainer(containerId);
            const { State: state } = await inspect(container);
            if (!state.Running) await ask('Starting the container', () => container.start());
            const { target, buildArgs } = kept;
            return await Session.#takeUp({
                ...{ docker, session, dockerfile, context, containerId, kept, own: true },
                ...{ target, buildArgs, signal },
            });
        } catch (error) {
            await removeLeft(docker, session, containerId).catch(() => undefined);
            await release(session);
            throw error;
        }
    }

    /** Brings a container to what a build makes now, whatever it was made from, and follows it. */
    static async #takeUp(
        settings: ProjectSettings & {
            readonly containerId: string;
            readonly kept: KeptSettings;
            readonly own: boolean;
        },
    ): Promise<Session> {
        const { docker, session } = settings;
        const container = await inspect(docker.getContainer(settings.containerId));
        const project = await buildProject(settings);
        return freeing(project, async () => {
            const made = new Session(settings, project, container);
            const { live } = made.#pusher;
            return made.#opened(async () => {
                await adopt(docker, session, live, container.Image, project.image);
            });
        });
    }

    public get containerId(): string {
        return this.#container.Id;
    }

    public get containerName(): string {
        return this.#container.Name.replace(/^\//u, '');
    }

    public get image(): string {
        return this.#project.image;
    }

    public get addresses(): ReadonlyMap<string, string> {
        return addressesOf(this.#container.NetworkSettings.Ports, this.connection?.host);
    }

    public get connection(): EngineConnection | null {
        return connectionOf(this.#docker);
    }

    public get state(): SessionState {
        return this.#state;
    }

    public get pending(): boolean {
        return this.#state === 'pending';
    }

    public isRelevant(path: string): boolean {
        return this.#pusher.isRelevant(path);
    }

    public async push(changes?: Changes, reason?: string): Promise<PushResult> {
        const report = this.#report(reason ?? reasonOf(changes));
        this.#pushes += 1;
        this.#become('pushing');
        let result: PushResult;
        try {
            result = report.result(await this.#carryOut(changes ?? null, report));
        } catch (error) {
            result = report.result({ ...NOTHING_DONE, failed: asLivepushError(error) });
        }
        if (result.error !== null && !this.own) {
            result = { ...result, error: ofAttached(result.error) };
        }
        const state = await this.#stateAfter(result);
        // A newer push may be at work already, and says itself how it ends.
        this.#pushes -= 1;
        if (this.#pushes === 0) this.#become(state);
        this.emit('pushEnd', result);
        // While the push was at work, an end was taken for part of its restart.
        if (this.#state === 'down' && result.error === null) {
            // Of a container that is gone somebody else has told.
            await this.#tellOfEnd().catch(() => undefined);
        }
        return result;
    }

    public async plan(changes?: Changes): Promise<PlanView> {
        return viewOf(await this.#pusher.plan(changes ?? null), this.#project.outline);
    }

    public async explain(path: string): Promise<PlanView> {
        return viewOf(await this.#pusher.explain(path), this.#project.outline);
    }

    public async cancel(): Promise<void> {
        this.#following?.abort();
        await this.#followed;
        await this.#pusher.cancel();
    }

    public async restart(): Promise<void> {
        await this.#pusher.exclusively(() => this.#restart());
    }

    /** Builds anew and replaces the container. Where the build fails, everything stays as it is. */
    public async rebuild(onBuildOutput?: (text: string) => void): Promise<void> {
        if (!this.own) throw notOurs();
        await this.#pusher.cancel();
        const before = this.#state;
        this.#become('rebuilding');
        try {
            await this.#replace(await buildProject(this.#projectSettings(onBuildOutput)));
        } catch (error) {
            this.#become(before);
            throw error;
        }
        await this.#begin();
        this.emit('restart', this.containerId);
    }

    /** Runs what was built in place of the container that there is. */
    async #replace(project: BuiltProject): Promise<void> {
        const old = this.#docker.getContainer(this.containerId);
        const container = await freeing(project, () =>
            replaceContainer(this.#runRequest(project), old, ({ id }) => this.#record(id)),
        );
        this.#watch.close();
        await this.#pusher.close();
        this.#project = project;
        this.#container = await inspect(container);
        this.#pusher = this.#openPusher();
        this.#watch = this.#openWatch();
        const { name } = this.#settings;
        if (name !== undefined && name !== this.containerName) {
            this.emit('notice', `${name} is taken; the container is called ${this.containerName}`);
        }
    }

    #runRequest(project: BuiltProject): RunRequest {
        return {
            docker: this.#docker,
            image: project.image,
            session: this.id,
            context: this.context,
            settings: this.#settings,
            exposed: project.outline.exposed,
            command: project.command,
        };
    }

    public async verify(onBuildOutput?: (text: string) => void): Promise<readonly Difference[]> {
        const project = await buildProject(this.#projectSettings(onBuildOutput));
        project.planner.free();
        const { live } = this.#pusher;
        return differences(this.#docker, this.id, project.image, live, this.#container.Mounts);
    }

    public async close(options: { readonly removeContainer?: boolean } = {}): Promise<void> {
        if (this.#state === 'closed') return;
        this.#watch.close();
        await this.#pusher.close();
        if (this.own && options.removeContainer !== true) await leaveToUser(this.containerId);
        await endSession(this.#docker, this.id);
        this.#become('closed');
        this.removeAllListeners();
    }

    /**
     * Before the process ends: only the live container stays, and may be taken up again. Its images
     * are not removed, since whoever takes it up may at the same moment be building the same.
     */
    public async leave(): Promise<void> {
        if (!this.own) return this.close();
        this.#watch.close();
        await unlock(this.id);
        await this.#pusher.leave();
        await release(this.id);
    }

    /** Keeps what a later process needs to take the session up. */
    async #record(containerId = this.containerId): Promise<void> {
        await writeRecord({
            id: this.id,
            engine: await engineIdOf(this.#docker),
            containerId,
            dockerfile: this.dockerfile,
            context: this.context,
            settings: this.#settings,
        });
    }

    async #carryOut(changes: Changes | null, reporter: Reporter): Promise<CarriedOut> {
        const named = [...(changes?.updated ?? []), ...(changes?.deleted ?? [])];
        this.#follows ||= named.some((path) => resolve(this.context, path) === this.dockerfile);
        if (this.#follows) this.#following?.abort();
        // Its pusher is about to be another one.
        await this.#followed;
        if (this.#follows && (await this.#hasNewText())) {
            const followed = this.#followDockerfile(reporter);
            this.#followed = followed.catch(() => undefined);
            return followed;
        }
        this.#follows = false;
        return this.#pushFiles(changes, reporter);
    }

    /** Whether the Dockerfile says something else than what the container was brought to. */
    async #hasNewText(): Promise<boolean> {
        return (await readDockerfile(this.dockerfile)) !== this.#project.text;
    }

    /**
     * Builds the changed Dockerfile, and brings what it changes into the container: in place where
     * only files differ, else by another container in its place. Where it cannot be built, all
     * stays as it is, and each push tries it again.
     */
    async #followDockerfile(reporter: Reporter): Promise<CarriedOut> {
        await this.#pusher.cancel();
        const abort = new AbortController();
        this.#following = abort;
        const report = new DockerfileReport(
            reporter,
            this.#project.outline.target,
            this.dockerfile,
        );
        try {
            report.begin();
            const { signal } = abort;
            const project = await buildProject({ ...this.#projectSettings(undefined), signal });
            const done = (await runsTheSame(this.#docker, this.#project.image, project.image))
                ? await this.#takeOver(project)
                : await this.#swap(project);
            this.#follows = false;
            report.end('done');
            if (done.restarted) this.emit('restart', this.containerId);
            // What was saved during the build.
            const rest = await this.#pushFiles(null, reporter);
            return { ...rest, restarted: done.restarted || rest.restarted };
        } catch (error) {
            const failed = abort.signal.aborted ? cancelled() : asLivepushError(error);
            report.end(failed.code === 'cancelled' ? 'pending' : 'failed');
            return { ...NOTHING_DONE, failed };
        } finally {
            this.#following = null;
        }
    }

    /** Another container is needed, which only a session that made its own may put in its place. */
    async #swap(project: BuiltProject): Promise<{ restarted: boolean }> {
        if (!this.own) {
            project.planner.free();
            throw notOurs();
        }
        // That the old one is removed is no news.
        this.#watch.close();
        try {
            await this.#replace(project);
        } catch (error) {
            this.#watch = this.#openWatch();
            throw error;
        } finally {
            await this.#watch.open();
        }
        await this.#pusher.live.prepare();
        return { restarted: true };
    }

    /** Brings the files of another build of the project into the container. */
    async #takeOver(project: BuiltProject): Promise<{ restarted: boolean }> {
        const before = this.#project;
        const pushed = await this.#pusher.pushedPaths();
        await this.#pusher.close();
        this.#project = project;
        this.#pusher = this.#openPusher();
        const { live } = this.#pusher;
        const changed = await adopt(
            this.#docker,
            this.id,
            live,
            before.image,
            project.image,
            pushed,
        );
        if (!changed || this.#settings.skipRestart === true) return { restarted: false };
        await this.#restart();
        return { restarted: true };
    }

    async #pushFiles(changes: Changes | null, reporter: Reporter): Promise<CarriedOut> {
        const carried = await this.#pusher.push(changes, reporter).catch((error: unknown) => {
            return { ...NOTHING_DONE, failed: asLivepushError(error) };
        });
        // Its images can be pruned or removed at any time; a build makes them again.
        if (carried.failed?.code !== 'image-missing') {
            if (!isPanic(carried.failed)) return carried;
            this.#problem(carried.failed);
        }
        await this.#recover();
        return this.#pusher.push(null, reporter);
    }

    /** Takes a new core; what the old one knew is found out by comparing the whole container. */
    async #recover(): Promise<void> {
        // Its planner is not freed: after a panic even that would be one.
        await this.#pusher.cleanUp();
        const live = new LiveContainer(this.#docker, this.containerId);
        const settings = this.#projectSettings(undefined);
        const { project, changed } = await recover(settings, live, this.#container.Image);
        await live.close();
        this.#project = project;
        this.#pusher = this.#openPusher();
        if (changed && this.#settings.skipRestart !== true) await this.#restart();
    }

    #openPusher(): Pusher {
        const { planner, outline, images, pulled, built, ignore } = this.#project;
        return new Pusher({
            docker: this.#docker,
            session: this.id,
            planner,
            outline,
            images,
            pulled,
            containerId: this.#container.Id,
            context: this.context,
            dockerfile: this.dockerfile,
            built,
            ignore,
            skipRestart: this.#settings.skipRestart === true,
            startsEnded: true,
            onNotice: (text) => this.emit('notice', text),
        });
    }

    #projectSettings(onBuildOutput: ((text: string) => void) | undefined): ProjectSettings {
        return {
            docker: this.#docker,
            session: this.id,
            dockerfile: this.dockerfile,
            context: this.context,
            target: this.#settings.target,
            buildArgs: this.#settings.buildArgs,
            onBuildOutput,
        };
    }

    /** Begins after the work; where either fails, nothing goes on in the background. */
    async #opened(work: () => Promise<void>): Promise<this> {
        try {
            await work();
            await this.#begin();
            return this;
        } catch (error) {
            this.#watch.close();
            await this.#pusher.cleanUp();
            throw error;
        }
    }

    /** Follows the container, and what was saved while it was being built. */
    async #begin(): Promise<void> {
        const swept = removePending(this.#docker).catch(() => undefined);
        await this.#watch.open();
        await this.#pusher.live.prepare();
        // It also asks for what the first save would have to wait for.
        await this.push(undefined, 'Changes saved during the build');
        await swept;
    }

    #openWatch(): ContainerWatch {
        return new ContainerWatch(
            this.#docker,
            this.containerId,
            (stream, data) => this.print(stream, data),
            (event, code) => void this.#onContainer(event, code).catch(() => undefined),
            (isThere) => void this.#onConnection(isThere).catch(() => undefined),
        );
    }

    async #restart(): Promise<void> {
        this.#restarting = true;
        this.#markRestart();
        try {
            await this.#pusher.live.restart();
        } finally {
            this.#restarting = false;
        }
        // An end until now was taken for part of the restart.
        this.#container = await inspect(this.#docker.getContainer(this.containerId));
        this.emit('restart', this.containerId);
        if (!this.#container.State.Running) {
            this.#become('down');
            await this.#tellOfEnd();
        } else if (this.#state === 'down') this.#become('live');
    }

    /** What others do to the container, or the application to itself. */
    async #onContainer(event: string, exitCode: number | null): Promise<void> {
        if (this.#state === 'closed' || this.#state === 'rebuilding') return;
        if (!this.#restarting) void this.#markInLog(event, exitCode);
        const pushing = this.#state === 'pushing' || this.#restarting;
        // After a daemon's end it is live once what was saved meanwhile is there.
        const isKnown = this.#lost === null;
        if (event === 'start' && this.#state === 'down' && isKnown) this.#become('live');
        if (event === 'die' && !pushing && this.#state !== 'down') {
            if ((await this.#watch.ask()) || this.#watch.isRemoved) return;
            this.#endedAt = Date.now();
            this.#become('down');
            await this.#tellOfEnd();
        }
        if (event === 'destroy') {
            this.#become('gone');
            this.#problem(
                new LivepushError('container-gone', 'The container was removed', {
                    remedy: 'Rebuild to create a new container.',
                }),
            );
        }
    }

    /** The daemon has ended while nothing was pushed, or is back: then the session goes on. */
    async #onConnection(isThere: boolean): Promise<void> {
        if (this.#state === 'closed' || this.#state === 'rebuilding') return;
        if (!isThere) {
            const endedWithIt = Date.now() - this.#endedAt < SHUTDOWN_MILLISECONDS;
            this.#lost ??= this.#state === 'down' && endedWithIt ? 'live' : this.#state;
            if (this.#pushes === 0) this.#become('down');
            this.#problem(
                new LivepushError('daemon-unreachable', 'Lost the connection to Docker', {
                    remedy: 'Start Docker again; the session goes on by itself.',
                }),
            );
            return;
        }
        const before = this.#lost;
        try {
            await this.#pusher.exclusively(async () => {
                const container = this.#docker.getContainer(this.containerId);
                const { State: state } = await inspect(container);
                // One that had ended before stays as it was.
                if (!state.Running && before !== 'down') {
                    await ask('Starting the container', () => container.start());
                }
                this.#container = await inspect(container);
            });
            await this.push(undefined, 'Docker is back');
        } finally {
            this.#lost = null;
        }
    }

    async #markInLog(event: string, exitCode: number | null): Promise<void> {
        if (event !== 'die' && event !== 'start') return;
        // Without an event that says the code, the container is asked.
        if (event === 'die' && exitCode === null) return;
        // All that it printed until then comes before the mark.
        await this.#watch.readToEnd();
        if (event === 'start') {
            this.#endIsMarked = false;
            this.mark('The application started');
        } else this.#markEnd(exitCode);
    }

    #markEnd(exitCode: number | null): void {
        if (this.#endIsMarked) return;
        this.#endIsMarked = true;
        this.mark(`The application exited with code ${exitCode ?? 'unknown'}`);
    }

    #markRestart(): void {
        this.#endIsMarked = false;
        this.mark('Livepush restarts the application');
    }

    async #tellOfEnd(): Promise<void> {
        const container = this.#docker.getContainer(this.containerId);
        void this.#markInLog('die', (await inspect(container)).State.ExitCode);
        const why = await whyEnded(container, this.#project.command);
        if (why !== null) this.#problem(why);
    }

    #problem(problem: LivepushErrorShape): void {
        this.tell(this.own ? problem : ofAttached(problem));
    }

    #become(state: SessionState): void {
        if (state === this.#state) return;
        this.#state = state;
        this.emit('state', state);
    }

    #report(reason: string): PushReport {
        const quiet = this.#settings.skipRestart === true;
        return new PushReport(this.#project.outline, {
            pushStart: (plan) => this.emit('pushStart', plan, reason),
            planChange: (plan) => this.emit('planChange', plan),
            output: (id, stream, data) => this.emit('output', id, stream, data),
            action: (id, state, milliseconds) => {
                this.emit('action', id, state, milliseconds);
                if (!id.endsWith('/restart')) return;
                this.#restarting = state === 'running';
                if (this.#restarting && !quiet) this.#markRestart();
                if (state === 'done' && !quiet) this.emit('restart', this.containerId);
            },
        });
    }

    async #stateAfter({ outcome, error }: PushResult): Promise<SessionState> {
        if (error?.code === 'container-gone' || this.#watch.isRemoved) return 'gone';
        const done = outcome !== 'failed' && outcome !== 'cancelled';
        if (done && this.#watch.runs) return 'live';
        if (!(await this.#watch.ask())) return 'down';
        return done ? 'live' : 'pending';
    }
}

function keptOf(options: StartOptions | AttachOptions): KeptSettings {
    const { target, buildArgs, skipRestart, restartContainer } = options;
    const run = 'containerId' in options ? {} : { ports: options.ports, env: options.env };
    const name = 'containerId' in options ? undefined : options.name;
    return { target, buildArgs, skipRestart, restartContainer, ...run, name };
}

/** Frees the planner of a project whose session did not come about. */
async function freeing<T>({ planner }: BuiltProject, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        planner.free();
        throw error;
    }
}

function inspect(container: Docker.Container): Promise<Docker.ContainerInspectInfo> {
    return ask('Looking at the container', () => container.inspect());
}

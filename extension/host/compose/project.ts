/** A Compose project that Compose runs and whose built services follow their files. */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Changes, LivepushErrorShape, LiveSession, PushResult } from '../api.js';
import { asLivepushError } from '../common/errors.js';
import { Session } from '../session/session.js';
import { cliEnvironment, compose, type ComposeCall } from './cli.js';
import { exists, followContainers, serviceContainers } from './containers.js';
import { composeFiles } from './files.js';
import { liveServices, removeReplaced } from './liveImages.js';
import { type ComposeModel, readModel, type ServiceModel } from './model.js';
import { type LiveService, overrideOf } from './override.js';
import type {
    ComposeEnd,
    ComposeEvents,
    ComposeOptions,
    ComposeProject as ComposeProjectShape,
} from './types.js';

interface Followed {
    readonly service: string;
    readonly session: Promise<Session | null>;
    open: Session | null;
}

export class ComposeProject extends EventEmitter<ComposeEvents> implements ComposeProjectShape {
    public readonly notices: string[] = [];
    public readonly problems: LivepushErrorShape[] = [];
    readonly #options: ComposeOptions;
    readonly #call: ComposeCall;
    /** Where the override is; for this user only, since a model may hold secrets. */
    readonly #folder: string;
    readonly #live = new Map<string, LiveService>();
    /** By the container's id. */
    readonly #followed = new Map<string, Followed>();
    /** Images that newer ones have taken the place of. */
    readonly #replaced = new Set<string>();
    #model: ComposeModel;
    #events: { close(): void } | null = null;
    #turn: Promise<unknown> = Promise.resolve();
    #closed = false;

    private constructor(
        options: ComposeOptions,
        call: ComposeCall,
        model: ComposeModel,
        folder: string,
    ) {
        super();
        this.#options = options;
        this.#call = call;
        this.#model = model;
        this.#folder = folder;
    }

    /** Builds the live images of a project, has Compose run it, and follows its containers. */
    public static async start(options: ComposeOptions): Promise<ComposeProject> {
        const environment = { ...(await cliEnvironment(options.docker)), ...options.environment };
        const call: ComposeCall = {
            directory: options.directory,
            files:
                options.files ??
                (await composeFiles(options.directory, { ...process.env, ...environment })),
            profiles: options.profiles ?? [],
            environment,
        };
        const model = await readModel(call, options.signal);
        const folder = await mkdtemp(join(tmpdir(), 'livepush-compose-'));
        const project = new ComposeProject(options, call, model, folder);
        try {
            await project.#up();
            project.#events = await followContainers(options.docker, model.name, () => {
                void project.#follow();
            });
            await project.#follow();
            return project;
        } catch (error) {
            await project.close('leave');
            throw error;
        }
    }

    public get name(): string {
        return this.#model.name;
    }

    public get services(): readonly string[] {
        return [...this.#model.services.keys()];
    }

    public get liveServices(): readonly string[] {
        return [...this.#live.keys()];
    }

    public sessions(service: string): readonly LiveSession[] {
        const all = [...this.#followed.values()];
        return all.flatMap(({ service: own, open }) =>
            own === service && open !== null ? [open] : [],
        );
    }

    public async push(
        changes: Changes,
        reason?: string,
    ): Promise<ReadonlyMap<LiveSession, PushResult>> {
        const paths = [...changes.updated, ...changes.deleted];
        const sessions = this.liveServices.flatMap((service) => this.sessions(service));
        const concerned = sessions.filter((session) =>
            paths.some((path) => session.isRelevant(path)),
        );
        const pushes = concerned.map(async (session) => {
            const own = {
                updated: only(session, changes.updated),
                deleted: only(session, changes.deleted),
            };
            return [session, await session.push(own, reason)] as const;
        });
        return new Map(await Promise.all(pushes));
    }

    public rebuild(service: string): Promise<void> {
        return this.#inTurn(async () => {
            const model = this.#model.services.get(service);
            if (model === undefined || !this.#live.has(service)) {
                throw new Error(`${service} is not a live service of ${this.name}`);
            }
            await this.#build([model]);
            await this.#compose(['up', '--detach', '--no-build', '--no-deps', service]);
            await this.#followNow();
        });
    }

    public reload(): Promise<void> {
        return this.#inTurn(async () => {
            this.#model = await readModel(this.#call);
            await this.#up();
            await this.#followNow();
        });
    }

    public async settled(): Promise<void> {
        await this.#follow();
    }

    public async close(end: ComposeEnd): Promise<void> {
        if (this.#closed) return;
        this.#closed = true;
        this.#events?.close();
        await this.#turn.catch(() => undefined);
        const followed = [...this.#followed.values()];
        const sessions = await Promise.all(followed.map(async ({ session }) => session));
        this.#followed.clear();
        await Promise.all(sessions.map(async (session) => session?.close()));
        try {
            if (end !== 'leave') await this.#compose([end]);
            if (end === 'down') await this.#removeImages();
        } finally {
            await rm(this.#folder, { recursive: true, force: true });
            this.removeAllListeners();
        }
    }

    /** Builds what is live, and has Compose run everything. */
    async #up(): Promise<void> {
        const built = [...this.#model.services.values()].filter(({ build }) => build !== null);
        const plain = built.filter(({ build }) => (build?.unsupported.length ?? 0) > 0);
        for (const { name, build } of plain) this.#noteNotLive(name, build?.unsupported ?? []);
        await this.#build(built.filter((service) => !plain.includes(service)));
        if (plain.length > 0) await this.#compose(['build', ...plain.map(({ name }) => name)]);
        await this.#compose(['up', '--detach', '--no-build']);
    }

    async #build(services: readonly ServiceModel[]): Promise<void> {
        const request = {
            docker: this.#options.docker,
            project: this.name,
            restartContainer: this.#options.restartContainer === true,
            onOutput: this.#options.onOutput,
            signal: this.#options.signal,
        };
        const built = await liveServices(request, services);
        for (const name of this.#live.keys()) {
            if (!this.#model.services.has(name)) this.#live.delete(name);
        }
        for (const live of built) {
            const before = this.#live.get(live.service.name);
            if (before !== undefined && before.id !== live.id) this.#replaced.add(before.id);
            this.#live.set(live.service.name, live);
        }
        const text = overrideOf([...this.#live.values()]);
        await writeFile(this.#overrideFile, text, { mode: 0o600 });
    }

    get #overrideFile(): string {
        return join(this.#folder, 'live.json');
    }

    async #compose(args: readonly string[]): Promise<void> {
        const call = { ...this.#call, files: [...this.#call.files, this.#overrideFile] };
        const { onOutput, signal } = this.#options;
        await compose(call, args, { onOutput: (text) => onOutput?.(text, null), signal });
        for (const id of this.#replaced) await removeReplaced(this.#options.docker, id);
        this.#replaced.clear();
    }

    /** Takes up the containers that there are now, and lets go of those that are gone. */
    #follow(): Promise<void> {
        return this.#inTurn(() => this.#followNow());
    }

    async #followNow(): Promise<void> {
        if (this.#closed) return;
        const containers = await serviceContainers(this.#options.docker, this.name);
        const ids = new Set(containers.map(({ id }) => id));
        const gone = [...this.#followed].filter(([id]) => !ids.has(id));
        await Promise.all(gone.map(([id, followed]) => this.#letGo(id, followed)));
        const fresh = containers.filter(
            ({ id, service }) => this.#live.has(service) && !this.#followed.has(id),
        );
        await Promise.all(fresh.map(({ id, service }) => this.#takeUp(id, service)));
    }

    async #takeUp(id: string, service: string): Promise<void> {
        const followed: Followed = { service, session: this.#attach(id, service), open: null };
        this.#followed.set(id, followed);
        followed.open = await followed.session;
        if (followed.open === null) this.#followed.delete(id);
        else this.emit('session', service, followed.open);
    }

    async #attach(containerId: string, service: string): Promise<Session | null> {
        const build = this.#model.services.get(service)?.build ?? null;
        if (build === null) return null;
        const { docker, skipRestart, restartContainer } = this.#options;
        try {
            return await Session.attach({
                docker,
                containerId,
                dockerfile: build.dockerfile,
                context: build.context,
                buildArgs: build.args,
                ...(build.target === null ? {} : { target: build.target }),
                ...(skipRestart === undefined ? {} : { skipRestart }),
                ...(restartContainer === undefined ? {} : { restartContainer }),
            });
        } catch (error) {
            this.#report(error, service);
            return null;
        }
    }

    /** A container that was only stopped stays followed: its session says that it is down. */
    async #letGo(id: string, followed: Followed): Promise<void> {
        if (await exists(this.#options.docker, id)) return;
        this.#followed.delete(id);
        const session = await followed.session;
        if (session === null) return;
        this.emit('sessionEnd', followed.service, session);
        await session.close();
    }

    #noteNotLive(service: string, uses: readonly string[]): void {
        const text = `${service} runs but is not live: its build uses ${uses.join(', ')}`;
        if (this.notices.includes(text)) return;
        this.notices.push(text);
        this.emit('notice', text);
    }

    #report(error: unknown, service: string | null): void {
        const problem = asLivepushError(error);
        this.problems.push(problem);
        this.emit('problem', problem, service);
    }

    async #removeImages(): Promise<void> {
        for (const { image } of this.#live.values()) {
            // One that somebody else's container uses stays.
            await this.#options.docker
                .getImage(image)
                .remove()
                .catch(() => undefined);
        }
    }

    #inTurn<T>(work: () => Promise<T>): Promise<T> {
        const turn = this.#turn.then(work, work);
        this.#turn = turn.catch((error: unknown) => {
            if (!this.#closed) this.#report(error, null);
        });
        return turn;
    }
}

function only(session: LiveSession, paths: readonly string[]): string[] {
    return paths.filter((path) => session.isRelevant(path));
}

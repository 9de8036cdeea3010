import { ContextFiles } from '../context/files.js';
import { openFile } from '../context/beneath.js';
import { putIntoDirectory, statPath } from '../docker/archive.js';
import type { BuildContainer } from '../containers/buildContainer.js';
import { lackedShell, noShell } from '../docker/missingShell.js';
import { asLivepushError, isPanic, LivepushError, throwIfAborted } from '../common/errors.js';
import { isHelperGone } from '../helper/fallback.js';
import { TAR_END, tarHeader } from '../tar/writer.js';
import { answerNeeds } from './needs.js';
import { sizeOf } from './updateArchive.js';
import type { Sources } from './sources.js';
import { tarOfEntries } from './layoutArchive.js';
import type { Action, Archive, Entry, Plan, RunCommand } from '../core/planner.js';
import { updateLive } from './updateLive.js';
import type { CarriedOut, Reporter, Workplace } from './pushContext.js';

/** How much of what a failed command printed its error tells. */
const TOLD_BYTES = 2000;

/** The exit code of a command that was ended by SIGKILL. */
const KILLED = 137;

/** The plan, with all that the core had to ask for it. */
export async function completePlan({ planner, stages }: Workplace): Promise<Plan> {
    for (;;) {
        const plan = planner.plan();
        if (plan.needs.length === 0) return plan;
        await answerNeeds(planner, stages, plan.needs);
    }
}

/**
 * Carries out what there is to do: asks for the plan, does what can be done at the same time, tells
 * the core, and asks again, until nothing is left or something fails.
 */
export class Push {
    readonly #place: Workplace;
    readonly #report: Reporter;
    readonly #signal: AbortSignal;
    readonly #files: ContextFiles;
    readonly #sources: Sources;
    readonly #done = new Set<string>();
    readonly #running = new Map<string, Promise<void>>();
    readonly #shown = new Map<string, Action>();
    /** Whether the live container runs, asked while it is updated; it fails where nothing can be done with it. */
    #runs: Promise<boolean> | null = null;
    #failed: LivepushError | null = null;
    #commandFailed = false;
    #restarted = false;
    #written = 0;
    #removed = 0;

    public constructor(place: Workplace, report: Reporter, signal: AbortSignal) {
        this.#place = place;
        this.#report = report;
        this.#signal = signal;
        this.#files = new ContextFiles(place.contextRoot, place.context, place.contents);
        this.#sources = {
            context: this.#files,
            stage: async (stage) => (await place.stages.current(stage)).build,
            image: (name) => place.stages.external(name),
        };
    }

    public async run(): Promise<CarriedOut> {
        const { planner, stages } = this.#place;
        planner.startPush();
        try {
            await this.#loop();
            if ((await this.#runs) === false && !this.#restarted) throw notRunning();
        } catch (error) {
            this.#failed ??= asLivepushError(error);
        } finally {
            await Promise.allSettled(this.#running.values());
            stages.abandonAll();
        }
        // After a panic of the core it cannot be told anything, nor asked.
        if (isPanic(this.#failed)) return this.#result();
        for (const name of planner.forgottenCheckpoints()) stages.forget(name);
        for (const id of this.#shown.keys()) {
            if (!this.#done.has(id)) this.#report.action(id, 'pending', null);
        }
        if (this.#files.unstable.size > 0) planner.forget([...this.#files.unstable].join('\0'));
        return this.#result();
    }

    #result(): CarriedOut {
        return {
            failed: this.#failed,
            commandFailed: this.#commandFailed,
            restarted: this.#restarted,
            written: this.#written,
            removed: this.#removed,
            unstable: this.#files.unstable,
        };
    }

    async #loop(): Promise<void> {
        for (;;) {
            throwIfAborted(this.#signal);
            // From here on nothing is awaited: of an action that ends meanwhile it would not know.
            const plan = this.#place.planner.plan();
            if (plan.needs.length > 0) {
                await answerNeeds(this.#place.planner, this.#place.stages, plan.needs);
                continue;
            }
            this.#show(plan);
            if (this.#failed === null) this.#startReady(plan);
            if (this.#running.size === 0) {
                this.#failed ??= blockedBy(plan);
                return;
            }
            await Promise.race(this.#running.values());
        }
    }

    #show(plan: Plan): void {
        const ids = new Set(plan.actions.map(({ id }) => id));
        for (const id of [...this.#shown.keys()]) {
            if (ids.has(id) || this.#done.has(id) || this.#running.has(id)) continue;
            this.#shown.delete(id);
            this.#report.action(id, 'unchanged', null);
        }
        for (const action of plan.actions) this.#shown.set(action.id, action);
        this.#report.plan(plan);
    }

    #startReady(plan: Plan): void {
        const waiting = new Set(
            plan.actions.map(({ id }) => id).filter((id) => !this.#done.has(id)),
        );
        for (const action of plan.actions) {
            const { id } = action;
            if (this.#done.has(id) || this.#running.has(id)) continue;
            if (action.after.some((other) => waiting.has(other))) continue;
            // A step that may turn out to have nothing to do waits for what decides that.
            const work = this.#carryOut(action, plan).finally(() => this.#running.delete(id));
            work.catch(() => undefined);
            this.#running.set(id, work);
        }
    }

    async #carryOut(action: Action, plan: Plan): Promise<void> {
        const start = performance.now();
        const took = (): number => performance.now() - start;
        this.#report.action(action.id, 'running', null);
        try {
            throwIfAborted(this.#signal);
            await this.#do(action, plan);
            // Before the core hears of it: what it asks about the new state must find that state.
            await this.#promote(action, plan);
            this.#place.planner.done(action.id);
            // Not before the core has heard of it: what comes after it is planned from its result.
            this.#done.add(action.id);
            this.#report.action(action.id, 'done', took());
        } catch (error) {
            const failure = asLivepushError(error).at(action.lines);
            if (failure.code !== 'cancelled') this.#failed ??= failure;
            this.#done.add(action.id);
            const isPending = failure.code === 'cancelled' || isHelperGone(failure);
            this.#report.action(action.id, isPending ? 'pending' : 'failed', took());
            throw failure;
        }
    }

    /** The last action of a stage's replay makes its build container the stage's state. */
    async #promote(action: Action, plan: Plan): Promise<void> {
        const ofLive = (kind: Action['kind']['kind']): boolean =>
            kind === 'update' || kind === 'restart';
        if (ofLive(action.kind.kind)) return;
        const left = plan.actions.some(
            ({ id, stage, kind }) =>
                stage === action.stage &&
                id !== action.id &&
                !ofLive(kind.kind) &&
                !this.#done.has(id),
        );
        if (!left) await this.#place.stages.promote(action.stage);
    }

    async #do(action: Action, plan: Plan): Promise<void> {
        const { planner, stages, mirror, target, live } = this.#place;
        const { stage, kind } = action;
        switch (kind.kind) {
            case 'prepare':
                if (stage === target) await mirror.begin();
                await stages.prepare(stage, kind.checkpoint);
                if (stage === target) mirror.foresee();
                break;
            case 'copy':
                await this.#copy(action, stages.building(stage));
                break;
            case 'exec':
                await this.#exec(action, kind.command, stages.building(stage));
                break;
            case 'keep':
                await stages.keep(stage, kind.checkpoint);
                break;
            case 'update': {
                // Asked while files are sent: a copy works in a container that does not run, too.
                this.#runs = live.isRunning();
                this.#runs.catch(() => undefined);
                // It replaces files more gently; one that a restart ends is not worth opening.
                if (!plan.restarts) await live.prepare();
                const { written, removed } = await updateLive(this.#place, this.#sources);
                this.#written += written;
                this.#removed += removed;
                if (this.#place.startsEnded) planner.setRunning(await this.#runs);
                break;
            }
            case 'restart':
                if (this.#place.skipRestart) break;
                // One that is paused cannot be restarted; one that has ended is started.
                await (this.#runs ?? live.isRunning());
                await live.restart();
                this.#restarted = true;
                break;
        }
    }

    async #copy(action: Action, build: BuildContainer): Promise<void> {
        const { planner, stages } = this.#place;
        for (;;) {
            const answer = planner.layout(action.stage, action.step ?? 0);
            if (answer.kind === 'needs') {
                await answerNeeds(planner, stages, answer.needs);
                continue;
            }
            if (answer.kind === 'error') {
                throw new LivepushError('step-failed', answer.message, {
                    lines: answer.lines,
                    remedy: `A build of this context fails too. ${answer.remedy}`,
                });
            }
            const { archives, entries } = answer;
            // An archive needs the directory that it is unpacked into, and may change it.
            const first = archives.length > 0 ? entries.filter(isDirectory) : [];
            if (first.length > 0) await this.#write(first, build);
            const { unpacked, made } = await this.#unpack(archives, entries, build);
            const rest = entries.filter((entry) => {
                return !unpacked.has(entry.path) && (first.length === 0 || !isDirectory(entry));
            });
            // Of what turned out not to be an archive, the directory for it has to go again.
            const plain = rest.filter(({ path }) => made.has(path));
            if (plain.length > 0) await build.replace(() => wholeTar(plain, this.#sources));
            await this.#write(
                rest.filter(({ path }) => !made.has(path)),
                build,
            );
            return;
        }
    }

    async #write(entries: readonly Entry[], build: BuildContainer): Promise<void> {
        await build.write(() => wholeTar(entries, this.#sources), sizeOf(entries, this.#sources));
    }

    /** What ADD unpacks; a file that only looks like an archive is copied like any other. */
    async #unpack(
        archives: readonly Archive[],
        entries: readonly Entry[],
        build: BuildContainer,
    ): Promise<{ unpacked: ReadonlySet<string>; made: ReadonlySet<string> }> {
        const unpacked = new Set<string>();
        const made = new Set<string>();
        for (const { path, source, into } of archives) {
            // A build makes the directory, whether it is written with a slash at its end or not.
            const isMade = (await statPath(build.container, into)) === null;
            if (isMade) made.add(path);
            if (isMade) await build.write(() => folder(into, entries, path), 'small');
            const handle = await openFile(this.#place.contextRoot, source);
            try {
                await putIntoDirectory(
                    build.container,
                    handle.createReadStream({ autoClose: false }),
                    into,
                );
                unpacked.add(path);
            } catch (error) {
                const { message } = asLivepushError(error);
                if (!/tar|archive|gzip|bzip|xz|zst|EOF|header/iu.test(message)) throw error;
            } finally {
                await handle.close();
            }
        }
        return { unpacked, made };
    }

    async #exec(action: Action, command: RunCommand, build: BuildContainer): Promise<void> {
        const mounts = await this.#place.mounts(this.#sources);
        const prepared = await mounts.prepare(build, command, this.#sources);
        this.#report.command(action, command);
        let returned: number | null = null;
        let said: Buffer = Buffer.alloc(0);
        try {
            await build.surround(prepared.surroundings);
            const code = await build.run(command, {
                onOutput: (stream, data) => {
                    said = Buffer.concat([said, data]).subarray(-TOLD_BYTES);
                    this.#report.output(action.id, stream, data);
                },
                signal: this.#signal,
            });
            returned = code;
            if (code !== 0) {
                this.#commandFailed ||= this.#failed === null;
                const shell = await lackedShell(build.container, command.argv).catch(() => null);
                if (shell !== null) throw noShell(shell, command.text);
                throw new LivepushError(
                    'step-failed',
                    `${command.text} failed with exit code ${code}`,
                    {
                        remedy: 'Fix the error and save; the push resumes at this step.',
                        output: said.toString().trim(),
                    },
                );
            }
            if (prepared.mountPoints.length > 0) await build.unsurround(prepared.mountPoints);
        } finally {
            // Each command that was reported returns, also one that was cancelled.
            this.#report.returned(action, command, returned ?? KILLED);
            await prepared.release();
        }
    }
}

async function* wholeTar(entries: readonly Entry[], sources: Sources): AsyncGenerator<Buffer> {
    yield* tarOfEntries(entries, sources);
    yield TAR_END;
}

/** The tar of a directory that an archive is unpacked into, with the owner that the step names. */
async function* folder(
    path: string,
    entries: readonly Entry[],
    archive: string,
): AsyncGenerator<Buffer> {
    await Promise.resolve();
    const { uid = 0, gid = 0 } = entries.find((entry) => entry.path === archive) ?? {};
    const name = path.slice(1);
    const rest = { mode: 0o755, uid, gid, size: 0, mtimeMs: Date.now(), target: '' };
    yield tarHeader({ name, kind: 'directory', ...rest });
    yield TAR_END;
}

function isDirectory({ kind }: Entry): boolean {
    return kind === 'directory';
}

function notRunning(): LivepushError {
    return new LivepushError('container-not-running', 'The container is not running', {
        remedy: 'Start it (`docker start`), then push again.',
    });
}

/** Why nothing more can be done although something is pending. */
function blockedBy(plan: Plan): LivepushError | null {
    const block = plan.inexact.find(({ blocks }) => blocks);
    if (block === undefined) return null;
    return new LivepushError('rebuild-needed', block.why, {
        lines: block.lines,
        remedy: block.remedy,
    });
}

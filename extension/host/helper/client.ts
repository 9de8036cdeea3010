/**
 * The helper in a container, as the host uses it: one exec that stays open, so that running a
 * command or removing paths costs a message instead of an exec.
 */
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { cancelled, throwIfAborted } from '../common/errors.js';
import { gather } from '../common/coalesceChunks.js';
import { Connection } from './connection.js';
import { HelperError, HelperUnavailable } from './errors.js';
import { INIT_PROGRAM, type RestartOptions, signalNumber } from './init.js';
import { helperPath, putHelper } from './install.js';
import { TarStream } from './tarStream.js';
import * as protocol from './protocol.js';
import { Answer, Ask } from './protocol.js';
import { MalformedFrame, type Frame } from './frames.js';

export interface OpenOptions {
    /** In Docker's words: `amd64`, `arm64`. Without it the container's image is asked. */
    readonly architecture?: string;
    /** The container has the helper as its first process: see `withInit`. */
    readonly init?: boolean;
    /** Where it is put until it runs; what was left there before is replaced. */
    readonly path?: string;
    readonly signal?: AbortSignal | undefined;
}

export interface RunOptions {
    readonly onOutput?: (stream: 'stdout' | 'stderr', data: Uint8Array) => void;
    /** Kills the command and everything that it started. */
    readonly signal?: AbortSignal | undefined;
}

export interface ApplyOptions {
    /**
     * A directory may be replaced by something else, and something else by a directory, on the way
     * to a path as well. Otherwise the error's code is `directory-in-the-way` or `file-in-the-way`.
     */
    readonly replaces?: boolean;
    readonly signal?: AbortSignal | undefined;
}

/** Many times what any image has. */
const MAX_ENTRIES = 4_000_000;

const NOTHING = Buffer.alloc(0);
/** A frame has a size that it must not exceed; so many bytes of paths stay far below it. */
const REMOVE_AT_ONCE = 4 * 1024 * 1024;

export class Helper {
    readonly #connection: Connection;
    /** Resolves with the reason once the helper has ended; what it ran has ended with it. */
    public readonly ended: Promise<Error>;

    private constructor(connection: Connection) {
        this.#connection = connection;
        this.ended = connection.ended;
    }

    public get hasEnded(): boolean {
        return this.#connection.hasEnded;
    }

    /**
     * Puts the helper into a running container and starts it.
     * Throws `HelperUnavailable` where it cannot work; other errors are Docker's.
     */
    public static async open(
        docker: Docker,
        containerId: string,
        options: OpenOptions = {},
    ): Promise<Helper> {
        if (options.init === true) {
            try {
                return await Helper.#start(docker, containerId, INIT_PROGRAM, options.signal);
            } catch (error) {
                // One of an older version serves as the first process, but not for this.
                if (!(error instanceof HelperUnavailable)) throw error;
            }
        }
        const architecture = options.architecture ?? (await architectureOf(docker, containerId));
        const path = options.path ?? helperPath();
        await putHelper(docker, containerId, path, architecture);
        throwIfAborted(options.signal);
        return Helper.#start(docker, containerId, path, options.signal);
    }

    /** Starts a helper that is in the container already. */
    static async #start(
        docker: Docker,
        containerId: string,
        path: string,
        signal: AbortSignal | undefined,
    ): Promise<Helper> {
        const exec = await docker.getContainer(containerId).exec({
            Cmd: [path, 'serve'],
            User: '0:0',
            WorkingDir: '/',
            AttachStdin: true,
            AttachStdout: true,
            AttachStderr: true,
        });
        const stream: Duplex = await exec.start({ hijack: true, stdin: true });
        const connection = new Connection(stream);
        const helper = new Helper(connection);
        try {
            await helper.#greet(signal);
        } catch (error) {
            connection.close();
            throw error instanceof HelperUnavailable || signal?.aborted === true
                ? error
                : new HelperUnavailable(messageOf(error), { cause: error });
        }
        return helper;
    }

    async #greet(signal: AbortSignal | undefined): Promise<void> {
        const frame = await this.#ask<Frame>(
            Ask.hello,
            protocol.hello(),
            signal,
            (answer, done) => {
                done(answer);
            },
        );
        const { version } = protocol.readHello(frame.payload);
        if (version !== protocol.VERSION) {
            throw new HelperUnavailable(`it speaks version ${version}, not ${protocol.VERSION}`);
        }
    }

    /** Runs a command to its end and returns its exit code, 128 + n for a signal n. */
    public run(command: protocol.HelperCommand, options: RunOptions = {}): Promise<number> {
        return this.#ask(Ask.run, protocol.run(command), options.signal, (frame, done) => {
            if (frame.kind === Answer.output) {
                const { stream, data } = protocol.readOutput(frame.payload);
                options.onOutput?.(stream, data);
            } else if (frame.kind === Answer.exit) {
                done(protocol.readExit(frame.payload));
            }
        });
    }

    /**
     * Removes paths with all below them, and returns those that could not be. A path that is not
     * there counts as removed; what is mounted is left alone and is a problem.
     */
    public async remove(
        paths: readonly string[],
        options: { readonly signal?: AbortSignal | undefined } = {},
    ): Promise<protocol.PathProblem[]> {
        const problems: protocol.PathProblem[] = [];
        for (const part of inParts(paths)) {
            const answer = this.#ask<protocol.PathProblem[]>(
                Ask.remove,
                protocol.remove(part),
                options.signal,
                (frame, done) => {
                    if (frame.kind === Answer.done) done(protocol.readDone(frame.payload).problems);
                },
            );
            problems.push(...(await answer));
        }
        return problems;
    }

    /**
     * Lists paths with all that a comparison of two trees needs, directories before what is in
     * them. Paths that are not there, or cannot be read, are problems.
     */
    public async list(
        selection: protocol.Selection,
        options: { readonly digest?: boolean; readonly signal?: AbortSignal | undefined } = {},
    ): Promise<{ entries: protocol.Entry[]; problems: protocol.PathProblem[] }> {
        const entries: protocol.Entry[] = [];
        const payload = protocol.select(selection, options.digest === true);
        return this.#ask(Ask.list, payload, options.signal, (frame, done) => {
            if (frame.kind === Answer.entries) protocol.readEntries(frame.payload, entries);
            if (entries.length > MAX_ENTRIES) throw new MalformedFrame('a listing without an end');
            if (frame.kind === Answer.done) {
                done({ entries, problems: protocol.readDone(frame.payload).problems });
            }
        });
    }

    /**
     * Sends paths as one tar stream with names relative to `/`. It is read no faster than the
     * stream is; destroying the stream ends it.
     */
    public tar(selection: protocol.Selection): TarStream {
        return new TarStream(this.#connection, selection);
    }

    /**
     * Lays out an archive whose names are whole paths without the leading slash, following no link,
     * and returns how many members it had. After an error a part of it may be laid out.
     */
    public async apply(
        tar: AsyncIterable<Uint8Array>,
        options: ApplyOptions = {},
    ): Promise<number> {
        const connection = this.#connection;
        let id = 0;
        const state = { ended: false };
        const answer = this.#ask<number>(
            Ask.apply,
            protocol.apply(options.replaces ?? false),
            options.signal,
            (frame, done) => {
                if (frame.kind === Answer.done) done(protocol.readDone(frame.payload).count);
            },
            (begun) => (id = begun),
        ).finally(() => (state.ended = true));
        // It may fail while there is still something to send, and is waited for at the end.
        answer.catch(() => undefined);
        try {
            for await (const piece of gather(tar)) {
                if (state.ended) break;
                // A frame has its own memory.
                await connection.sendInTurn(Ask.data, id, piece);
            }
        } catch (error) {
            connection.send(Ask.cancel, id, NOTHING);
            await answer.catch(() => undefined);
            throw error;
        }
        connection.send(Ask.end, id, NOTHING);
        return answer;
    }

    /**
     * Ends the application with all its processes and starts it anew, where the container was
     * created with `withInit`; otherwise the error's code is `no-init`.
     */
    public restart(options: RestartOptions = {}): Promise<void> {
        const payload = protocol.restart(
            signalNumber(options.stopSignal),
            options.graceMilliseconds ?? 0,
        );
        return this.#ask<undefined>(Ask.restart, payload, undefined, (frame, done) => {
            if (frame.kind === Answer.done) done(undefined);
        });
    }

    /** Ends the helper and all that it runs. */
    public async close(): Promise<void> {
        this.#connection.close();
        await this.ended;
    }

    /** Sends a request and collects its answer; `read` says when it is whole. */
    #ask<T>(
        kind: number,
        payload: Buffer,
        signal: AbortSignal | undefined,
        read: (frame: Frame, done: (value: T) => void) => void,
        begun?: (id: number) => void,
    ): Promise<T> {
        return new Promise<T>((resolve, reject) => {
            throwIfAborted(signal);
            const connection = this.#connection;
            const finish = (): void => {
                connection.forget(id);
                signal?.removeEventListener('abort', cancel);
            };
            const fail = (error: unknown): void => {
                finish();
                reject(error instanceof Error ? error : new Error(String(error)));
            };
            const frame = (answer: Frame): void => {
                if (answer.kind === Answer.error) {
                    fail(
                        signal?.aborted === true
                            ? cancelled()
                            : new HelperError(protocol.readError(answer.payload)),
                    );
                    return;
                }
                if (!isOf(kind, answer.kind))
                    throw new MalformedFrame('an answer to nothing asked');
                read(answer, (value) => {
                    finish();
                    // A command that was killed for it has an exit code too.
                    if (signal?.aborted === true) fail(cancelled());
                    else resolve(value);
                });
            };
            const cancel = (): void => connection.send(Ask.cancel, id, NOTHING);
            const id = connection.request(kind, payload, { frame, gone: fail });
            begun?.(id);
            signal?.addEventListener('abort', cancel, { once: true });
        });
    }
}

/** The kinds of frames that answer a request, besides an error. */
const ANSWERS: Readonly<Record<number, readonly number[]>> = {
    [Ask.hello]: [Answer.hello],
    [Ask.run]: [Answer.output, Answer.exit],
    [Ask.list]: [Answer.entries, Answer.done],
};

function isOf(request: number, answer: number): boolean {
    return (ANSWERS[request] ?? [Answer.done]).includes(answer);
}

async function architectureOf(docker: Docker, containerId: string): Promise<string> {
    const { Image: image } = await docker.getContainer(containerId).inspect();
    const { Architecture: architecture } = await docker.getImage(image).inspect();
    return architecture;
}

function* inParts(paths: readonly string[]): Generator<string[]> {
    let part: string[] = [];
    let size = 0;
    for (const path of paths) {
        part.push(path);
        size += path.length * 3;
        if (size > REMOVE_AT_ONCE) {
            yield part;
            part = [];
            size = 0;
        }
    }
    if (part.length > 0) yield part;
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

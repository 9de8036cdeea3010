import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/** Enough for the sentence with which a program says why it failed. */
const MAX_COMPLAINT = 4000;

/** How a program ended that was to be a connection. */
export interface Ending {
    /** Null where a signal ended it or it could not be started. */
    readonly code: number | null;
    /** What it printed to standard error. */
    readonly said: string;
    /** Why it could not be started. */
    readonly cause?: Error;
}

/**
 * A program’s standard input and output as a connection, with what HTTP asks of a socket. It is
 * ended with its stream; and as its input closes with this process, it never outlives that.
 */
export class ProcessStream extends Duplex {
    readonly #child: ChildProcessWithoutNullStreams;
    readonly #explain: (ending: Ending) => Error;
    #said = '';

    public constructor(
        program: string,
        args: readonly string[],
        explain: (ending: Ending) => Error,
    ) {
        // As a socket does: whoever is told that nothing more comes does not write either.
        super({ allowHalfOpen: false });
        this.#explain = explain;
        this.#child = spawn(program, args, { stdio: 'pipe', windowsHide: true });
        this.#listen();
    }

    public get pid(): number | undefined {
        return this.#child.pid;
    }

    /** Lets this process end while the connection is open. */
    public unref(): this {
        for (const each of this.#parts()) each.unref?.();
        return this;
    }

    public ref(): this {
        for (const each of this.#parts()) each.ref?.();
        return this;
    }

    public setKeepAlive(): this {
        return this;
    }

    public setNoDelay(): this {
        return this;
    }

    public setTimeout(): this {
        return this;
    }

    public override _read(): void {
        this.#child.stdout.resume();
    }

    public override _write(
        chunk: Uint8Array,
        _encoding: BufferEncoding,
        done: (error?: Error | null) => void,
    ): void {
        // How the program ended tells more than a broken pipe.
        this.#child.stdin.write(chunk, () => done());
    }

    public override _final(done: () => void): void {
        this.#child.stdin.end(() => done());
    }

    public override _destroy(error: Error | null, done: (error: Error | null) => void): void {
        this.#child.stdin.destroy();
        this.#child.stdout.destroy();
        this.#child.stderr.destroy();
        this.#child.kill();
        done(error);
    }

    #parts(): readonly { ref?(): void; unref?(): void }[] {
        const { stdin, stdout, stderr } = this.#child;
        // They are sockets, which their types do not say.
        return [this.#child, ...([stdin, stdout, stderr] as { ref?(): void }[])];
    }

    #listen(): void {
        const { stdin, stdout, stderr } = this.#child;
        stdin.on('error', () => undefined);
        stdout.on('data', (data: Buffer) => {
            if (!this.push(data)) stdout.pause();
        });
        stderr.on('data', (data: Buffer) => {
            this.#said = (this.#said + data.toString()).slice(-MAX_COMPLAINT);
        });
        this.#child.once('error', (cause) => {
            this.destroy(this.#explain({ code: null, said: '', cause }));
        });
        // Its output is whole by then.
        this.#child.once('close', (code) => {
            if (code === 0) this.push(null);
            else this.destroy(this.#explain({ code, said: this.#said }));
        });
    }
}

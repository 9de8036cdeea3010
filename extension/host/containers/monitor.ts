import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { demultiplex, type Stream } from '../docker/demux.js';

/** Milliseconds until a daemon that has ended is asked again. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;

/** Follows what an application prints, and what becomes of its container. */
export class ContainerWatch {
    readonly #docker: Docker;
    readonly #containerId: string;
    readonly #onLog: (stream: Stream, data: Uint8Array) => void;
    readonly #onEvent: (event: string, exitCode: number | null) => void;
    readonly #onConnection: (isThere: boolean) => void;
    #log: Readable | null = null;
    #events: NodeJS.ReadableStream | null = null;
    #opened: Promise<void> | null = null;
    #since = '0';
    /** When the application ended last, in seconds: what is printed afterwards is of its next start. */
    #endedAt = '0';
    #following: Promise<void> = Promise.resolve();
    #runs = false;
    #removed = false;
    #closed = false;

    public constructor(
        docker: Docker,
        containerId: string,
        onLog: (stream: Stream, data: Uint8Array) => void,
        onEvent: (event: string, exitCode: number | null) => void,
        onConnection: (isThere: boolean) => void = () => undefined,
    ) {
        this.#docker = docker;
        this.#containerId = containerId;
        this.#onLog = onLog;
        this.#onEvent = onEvent;
        this.#onConnection = onConnection;
    }

    /** Begins to follow, or goes on where the daemon had broken off; does nothing meanwhile. */
    public async open(): Promise<void> {
        this.#opened ??= this.#open();
        try {
            await this.#opened;
        } catch (error) {
            this.#opened = null;
            throw error;
        }
    }

    async #open(): Promise<void> {
        if (this.#closed) return;
        const filters = { container: [this.#containerId], type: ['container'] };
        const events = await this.#docker.getEvents({ filters: JSON.stringify(filters) });
        this.#events = events;
        void this.#readEvents(events)
            .catch(() => undefined)
            .then(() => this.#reconnect());
        this.#log?.destroy();
        this.#following = this.#followLog(this.#since);
    }

    /** Waits until all that an application printed before it ended was passed on. */
    public async readToEnd(): Promise<void> {
        await this.#following;
    }

    /** Follows the log from a time on (in seconds), until the container ends. */
    async #followLog(since: string): Promise<void> {
        if (this.#closed) return;
        try {
            const container = this.#docker.getContainer(this.#containerId);
            const { Config: config } = await container.inspect();
            const log = (await container.logs({
                follow: true,
                stdout: true,
                stderr: true,
                // The client passes on what it is given, and a number would lose the fraction.
                since: since as unknown as number,
            })) as unknown as Readable;
            this.#log = log;
            if (config.Tty) {
                for await (const data of log as AsyncIterable<Buffer>) this.#onLog('stdout', data);
            } else {
                await demultiplex(log, this.#onLog);
            }
        } catch {
            // The container is gone, or nobody listens any more; its events say which.
        }
    }

    /** Whether the container runs for certain, as events tell; where not, it has to be asked. */
    public get runs(): boolean {
        return this.#runs;
    }

    /** Whether an event has told that the container was removed. */
    public get isRemoved(): boolean {
        return this.#removed;
    }

    /** Asks whether it runs, and listens again where the daemon had broken off. */
    public async ask(): Promise<boolean> {
        // Unless an event that comes meanwhile says otherwise.
        this.#runs = await this.open().then(
            () => true,
            () => false,
        );
        const running = await isRunning(this.#docker.getContainer(this.#containerId));
        this.#runs &&= running;
        return running;
    }

    public close(): void {
        this.#closed = true;
        this.#log?.destroy();
        (this.#events as Readable | null)?.destroy();
    }

    /** The daemon has ended, or something between here and there: asks until it answers again. */
    async #reconnect(): Promise<void> {
        this.#opened = null;
        this.#since = String(Math.floor(Date.now() / 1000));
        this.#runs = false;
        const isBack = (): Promise<boolean> =>
            this.open().then(
                () => true,
                () => false,
            );
        if (this.#closed) return;
        if (await isBack()) {
            // What happened meanwhile, no event tells.
            const running = await isRunning(this.#docker.getContainer(this.#containerId));
            if (!running) this.#onEvent('die', null);
            return;
        }
        this.#onConnection(false);
        for (let wait = FIRST_WAIT; !this.#isClosed(); wait = Math.min(wait * 2, LONGEST_WAIT)) {
            await setTimeout(wait, undefined, { ref: false });
            if (!(await isBack())) continue;
            if (!this.#isClosed()) this.#onConnection(true);
            return;
        }
    }

    /** Asked again after every wait. */
    #isClosed(): boolean {
        return this.#closed;
    }

    async #readEvents(events: NodeJS.ReadableStream): Promise<void> {
        let rest = '';
        for await (const chunk of events as AsyncIterable<Buffer>) {
            const lines = (rest + chunk.toString()).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) if (line !== '') this.#take(line);
        }
    }

    #take(line: string): void {
        const event = JSON.parse(line) as {
            Action?: string;
            timeNano?: number;
            Actor?: { Attributes?: Record<string, string> };
        };
        if (event.Action === 'start') this.#runs = true;
        if (event.Action === 'destroy') this.#removed = true;
        if (event.Action === 'die' || event.Action === 'destroy') this.#runs = false;
        const { exitCode } = event.Actor?.Attributes ?? {};
        if (event.Action === 'die') this.#endedAt = ((event.timeNano ?? 0) / 1e9).toFixed(9);
        this.#onEvent(event.Action ?? '', exitCode === undefined ? null : Number(exitCode));
        // The event comes after the start, and what was printed meanwhile is not to be missed.
        if (event.Action === 'start') this.#following = this.#followLog(this.#endedAt);
    }
}

async function isRunning(container: Docker.Container): Promise<boolean> {
    try {
        const { State: state } = await container.inspect();
        return state.Running && !state.Restarting;
    } catch {
        return false;
    }
}

/** The last lines that an application printed before it ended. */
export async function lastLines(container: Docker.Container, lines: number): Promise<string> {
    try {
        const body = await container.logs({ stdout: true, stderr: true, tail: lines });
        const parts: Buffer[] = [];
        const source = (async function* () {
            await Promise.resolve();
            yield Buffer.isBuffer(body) ? body : Buffer.from(String(body), 'latin1');
        })();
        await demultiplex(source, (_stream, data) => parts.push(Buffer.from(data)));
        return Buffer.concat(parts).toString().trim();
    } catch {
        return '';
    }
}

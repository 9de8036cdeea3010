/**
 * Gathers the many events of one outside change (a checkout, a formatter) into one delivery: after
 * a quiet moment, but never later than a cap after the first of them.
 */
export interface Timers {
    readonly set: (callback: () => void, milliseconds: number) => unknown;
    readonly clear: (timer: unknown) => void;
}

export interface Batch {
    readonly updated: readonly string[];
    readonly deleted: readonly string[];
}

export interface CoalescerOptions {
    readonly quiet: number;
    readonly cap: number;
    readonly deliver: (batch: Batch) => void;
    readonly timers?: Timers;
}

const realTimers: Timers = {
    set: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clear: (timer) => {
        clearTimeout(timer as NodeJS.Timeout);
    },
};

export class Coalescer {
    readonly #paths = new Map<string, 'updated' | 'deleted'>();
    readonly #timers: Timers;
    #quietTimer: unknown = null;
    #capTimer: unknown = null;
    readonly #options: CoalescerOptions;

    constructor(options: CoalescerOptions) {
        this.#options = options;
        this.#timers = options.timers ?? realTimers;
    }

    /** The last word on a path counts: a file that was deleted and written again is updated. */
    add(path: string, kind: 'updated' | 'deleted'): void {
        this.#paths.set(path, kind);
        if (this.#quietTimer !== null) this.#timers.clear(this.#quietTimer);
        this.#quietTimer = this.#timers.set(this.flush, this.#options.quiet);
        this.#capTimer ??= this.#timers.set(this.flush, this.#options.cap);
    }

    readonly flush = (): void => {
        this.#stopTimers();
        if (this.#paths.size === 0) return;
        const batch: Batch = { updated: this.#of('updated'), deleted: this.#of('deleted') };
        this.#paths.clear();
        this.#options.deliver(batch);
    };

    dispose(): void {
        this.#stopTimers();
        this.#paths.clear();
    }

    #of(wanted: 'updated' | 'deleted'): string[] {
        return [...this.#paths].filter(([, kind]) => kind === wanted).map(([path]) => path);
    }

    #stopTimers(): void {
        if (this.#quietTimer !== null) this.#timers.clear(this.#quietTimer);
        if (this.#capTimer !== null) this.#timers.clear(this.#capTimer);
        this.#quietTimer = null;
        this.#capTimer = null;
    }
}

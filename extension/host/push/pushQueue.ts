/** Work of one session, one piece at a time; a newer push cancels the one that runs. */
export class PushQueue {
    #tail: Promise<unknown> = Promise.resolve();
    #running: AbortController | null = null;

    /** Runs a push once it is its turn, and cancels what is running now. */
    public push<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
        this.#running?.abort();
        const abort = new AbortController();
        this.#running = abort;
        return this.inTurn(async () => {
            try {
                return await work(abort.signal);
            } finally {
                if (this.#running === abort) this.#running = null;
            }
        });
    }

    /** Runs something between pushes. */
    public inTurn<T>(work: () => Promise<T>): Promise<T> {
        const turn = this.#tail.then(work, work);
        this.#tail = turn.catch(() => undefined);
        return turn;
    }

    /** Cancels what runs and waits until it has ended; whether there was anything. */
    public async cancel(): Promise<boolean> {
        const running = this.#running;
        running?.abort();
        await this.#tail.catch(() => undefined);
        return running !== null;
    }
}

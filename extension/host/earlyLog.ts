type Printed = readonly [stream: 'stdout' | 'stderr', data: Uint8Array];

/** Bytes that are kept; where nobody ever listens, an application may print for ever. */
const LIMIT = 1024 * 1024;

/** What an application printed before anybody could listen; the latest of it is for the first who does. */
export class EarlyLog {
    #printed: Printed[] = [];
    #size = 0;

    public keep(...printed: Printed): void {
        this.#printed.push(printed);
        this.#size += printed[1].length;
        while (this.#size > LIMIT) this.#size -= this.#printed.shift()?.[1].length ?? this.#size;
    }

    /** All that was kept, once. */
    public take(): readonly Printed[] {
        this.#size = 0;
        return this.#printed.splice(0);
    }
}

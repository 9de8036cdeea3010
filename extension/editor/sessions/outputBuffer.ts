/**
 * Output kept for as long as somebody may want to read it, with a cap: the oldest goes first.
 */
export interface Kept<Tag> {
    readonly tag: Tag;
    readonly data: Uint8Array;
}

export class OutputBuffer<Tag> {
    #chunks: Kept<Tag>[] = [];
    #first = 0;
    #bytes = 0;
    readonly #capacity: number;

    constructor(capacity: number) {
        this.#capacity = capacity;
    }

    push(tag: Tag, data: Uint8Array): void {
        const kept = data.length > this.#capacity ? data.subarray(-this.#capacity) : data;
        this.#chunks.push({ tag, data: kept });
        this.#bytes += kept.length;
        while (this.#bytes > this.#capacity) this.#dropOldest();
    }

    get chunks(): readonly Kept<Tag>[] {
        return this.#first === 0 ? this.#chunks : this.#chunks.slice(this.#first);
    }

    clear(): void {
        this.#chunks = [];
        this.#first = 0;
        this.#bytes = 0;
    }

    /** The last lines as text, for a message. */
    lastLines(count: number): string[] {
        const decoder = new TextDecoder();
        const text = this.chunks
            .map((chunk) => decoder.decode(chunk.data, { stream: true }))
            .join('');
        return text.trimEnd().split(/\r?\n/u).slice(-count);
    }

    #dropOldest(): void {
        this.#bytes -= this.#chunks[this.#first]?.data.length ?? 0;
        this.#first += 1;
        // Moving the rest for every chunk would make a long log quadratic.
        if (this.#first > 1024 && this.#first * 2 > this.#chunks.length) {
            this.#chunks = this.#chunks.slice(this.#first);
            this.#first = 0;
        }
    }
}

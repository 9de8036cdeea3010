/** One function of the core with one of its worst inputs. */
export interface WorstCase {
    readonly name: string;
    readonly size: number;
    bytes(size: number): number;
    call(size: number): () => void;
}

export interface CountingCore {
    readonly core: unknown;
    steps(): number;
    memory(): number;
}

export interface Measured {
    readonly steps: number;
    readonly bytes: number;
    readonly milliseconds: number;
}

export function countingCore(): Promise<CountingCore>;
export function worstCases(core: unknown): WorstCase[];
export function measured(counting: CountingCore, one: WorstCase, size: number): Measured;

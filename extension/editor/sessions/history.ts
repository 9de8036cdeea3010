/** The pushes, builds and verifications of a session, the newest last. */
import type { RecordKind } from '../../protocol/messages.js';
import { Record } from './operation.js';

const longest = 50;

export class History {
    #records: readonly Record[] = [];
    #count = 0;

    get records(): readonly Record[] {
        return this.#records;
    }

    get last(): Record | undefined {
        return this.#records.at(-1);
    }

    begin(kind: RecordKind, reason: string): Record {
        this.#count += 1;
        const record = new Record(this.#count, kind, reason);
        this.#records = [...this.#records.slice(1 - longest), record];
        return record;
    }

    /** Forgets what is over, and what was printed. */
    clear(): void {
        this.#records = this.#records.filter((record) => record.outcome === 'running');
        for (const record of this.#records) record.output.clear();
    }
}

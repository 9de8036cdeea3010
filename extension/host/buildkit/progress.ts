import { fieldsOf } from './protobuf.js';

/** A vertex of BuildKit's graph: one step of a build. */
export interface BuildStep {
    readonly digest: string;
    readonly name: string;
    readonly cached: boolean;
    readonly started: boolean;
    readonly completed: boolean;
    readonly error: string;
}

export interface BuildNews {
    readonly steps: readonly BuildStep[];
    /** What commands printed. */
    readonly logs: readonly string[];
}

/** Reads one of BuildKit's status messages. */
export function readBuildNews(status: Buffer): BuildNews {
    const steps: BuildStep[] = [];
    const logs: string[] = [];
    for (const [field, value] of fieldsOf(status)) {
        if (!Buffer.isBuffer(value)) continue;
        if (field === 1) steps.push(stepOf(value));
        if (field === 3) logs.push(logOf(value));
    }
    return { steps, logs };
}

function stepOf(bytes: Buffer): BuildStep {
    const step = {
        digest: '',
        name: '',
        cached: false,
        started: false,
        completed: false,
        error: '',
    };
    for (const [field, value] of fieldsOf(bytes)) {
        if (field === 1) step.digest = String(value);
        if (field === 3) step.name = String(value);
        if (field === 4) step.cached = value === 1n;
        if (field === 5) step.started = true;
        if (field === 6) step.completed = true;
        if (field === 7) step.error = String(value);
    }
    return step;
}

function logOf(bytes: Buffer): string {
    for (const [field, value] of fieldsOf(bytes)) if (field === 4) return String(value);
    return '';
}

import { basename } from 'node:path';
import type { Action } from '../core/planner.js';
import type { Reporter } from './pushContext.js';

/** Tells of a changed Dockerfile as of one action of a push. */
export class DockerfileReport {
    readonly #reporter: Reporter;
    readonly #action: Action;
    #start = 0;

    public constructor(reporter: Reporter, target: number, dockerfile: string) {
        this.#reporter = reporter;
        this.#action = {
            id: `${target}/dockerfile`,
            stage: target,
            step: null,
            lines: null,
            title: `build ${basename(dockerfile)} and update the live container`,
            kind: { kind: 'update' },
            after: [],
            why: [`${basename(dockerfile)} changed`],
            conditional: false,
        };
    }

    public begin(): void {
        this.#start = performance.now();
        this.#reporter.plan({ actions: [this.#action], needs: [], inexact: [], restarts: true });
        this.#reporter.action(this.#action.id, 'running', null);
    }

    public end(state: 'done' | 'failed' | 'pending'): void {
        this.#reporter.action(this.#action.id, state, performance.now() - this.#start);
    }
}

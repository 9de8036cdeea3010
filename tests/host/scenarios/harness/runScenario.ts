/** Carries a scenario out: build, run, edit, push, and compare with a fresh build after every push. */
import * as path from 'node:path';
import type Docker from 'dockerode';
import * as context from './context.js';
import { BuildError } from './daemon.js';
import { EngineError, messageOf, type Engine } from './engine.js';
import type { Scenario, Step } from './scenario.js';
import { setUp, type Stand } from './stand.js';
import { differences, type Tree } from './tree.js';
import { list, report } from './watching.js';

/** What is wrong with the scenario or the harness, not with the engine. */
export class ScenarioError extends Error {
    override readonly name = 'ScenarioError';
}

/** How long a push may take before it counts as hanging. */
const PATIENCE_MS = 120_000;

/** Differences of one push that are told; more of them say nothing new. */
const TOLD = 8;

/** What the engine got wrong, a sentence each; empty when it passed. */
export async function runScenario(scenario: Scenario, engine: Engine): Promise<string[]> {
    let stand: Stand;
    try {
        stand = await setUp(scenario, engine);
    } catch (error) {
        if (error instanceof EngineError) return [error.message];
        throw asScenarioError(error);
    }
    try {
        return await pushAll(stand);
    } finally {
        await stand.remove();
    }
}

async function pushAll(stand: Stand): Promise<string[]> {
    const failures: string[] = [];
    const leniency = { names: stand.scenario.apart !== undefined, times: false };
    let before: Tree;
    try {
        before = await stand.freshTree();
    } catch (error) {
        if (!(error instanceof BuildError)) throw error;
        return [`started what a build refuses: ${error.message}`];
    }
    for (const difference of differences(before, await stand.liveTree(), leniency)) {
        failures.push(`before any push: ${difference}`);
    }
    if (failures.length > 0) return failures;
    for (const [index, step] of stand.scenario.steps.entries()) {
        const say = (what: string): number => failures.push(`push ${index + 1}: ${what}`);
        const error = await editAndPush(stand, step);
        // A build may find a file that was only touched in its cache, with the time of then.
        leniency.times ||= step.edits.some(({ op }) => op === 'touch');
        const fresh = await freshTree(stand, step, error);
        // Where no build succeeds a push may well be refused; a later one makes up for it.
        if (error !== null && fresh !== null) say(`threw ${error}`);
        if (error === null && fresh === null && stand.engine.key === 'ours') {
            say('said nothing of what a build refuses');
        }
        for (const wrong of unexpected(stand, step)) say(wrong);
        if (fresh === null) continue;
        checkTruth(stand.scenario, step, index, differences(before, fresh));
        const found = differences(fresh, await stand.liveTree(), leniency);
        for (const difference of found.slice(0, TOLD)) say(difference);
        if (found.length > TOLD) say(`… and ${found.length - TOLD} more`);
        before = fresh;
        if (found.length > 0) break;
    }
    return failures;
}

/** What the push threw, or null. */
async function editAndPush(stand: Stand, step: Step): Promise<string | null> {
    // Whoever uses the class runs the container; where the engine does, a push copes with its end.
    if (step.down === true && stand.engine.runs) await stop(stand.live);
    const before = list(stand.root);
    const apply = step.generated === true ? context.applyIfPossible : context.apply;
    for (const edit of step.edits) apply(stand.root, edit);
    const after = list(stand.root);
    const changes = report(before, after, step.edits, step.report ?? 'files');
    const name = (where: string): string =>
        step.absolute === true ? path.join(stand.root, where) : where;
    stand.session.events.restarts = 0;
    stand.session.events.runs = 0;
    try {
        await patiently(stand.session.push(changes.updated.map(name), changes.deleted.map(name)));
        return null;
    } catch (error) {
        return messageOf(error);
    }
}

async function stop(live: Docker.Container): Promise<void> {
    const { State } = await live.inspect();
    if (State.Running) await live.kill();
}

function unexpected(stand: Stand, { restarts, runs }: Step): string[] {
    const { events } = stand.session;
    const wrong: string[] = [];
    if (restarts !== undefined && events.restarts !== Number(restarts)) {
        wrong.push(`restarted ${events.restarts} times, should be ${Number(restarts)}`);
    }
    if (runs !== undefined && events.runs !== runs) {
        wrong.push(`ran ${events.runs} commands, should be ${runs}`);
    }
    return wrong;
}

/** The tree of a build of the context as it is now, or null where none succeeds and none has to. */
async function freshTree(stand: Stand, step: Step, error: string | null): Promise<Tree | null> {
    let tree: Tree;
    try {
        tree = await stand.freshTree();
        // Docker's cache may hide what the engine rightly said of a build.
        if (step.generated === true && error?.includes('A build of this context fails') === true) {
            tree = await stand.freshTree(true);
        }
    } catch (error) {
        const expected = step.breaks === true || step.generated === true;
        if (error instanceof BuildError && expected) return null;
        throw asScenarioError(error);
    }
    if (step.breaks === true) throw new ScenarioError('a build succeeds, but should not');
    return tree;
}

/** A scenario whose edit changes nothing would pass with an engine that does nothing. */
function checkTruth(scenario: Scenario, step: Step, index: number, changed: string[]): void {
    if (step.generated === true) return;
    if (step.noChange === true && changed.length > 0) {
        throw new ScenarioError(`edit ${index + 1} changes the build: ${changed.join('; ')}`);
    }
    if (step.noChange !== true && changed.length === 0) {
        throw new ScenarioError(`edit ${index + 1} of “${scenario.name}” changes nothing`);
    }
}

function asScenarioError(error: unknown): unknown {
    return error instanceof BuildError ? new ScenarioError(error.message) : error;
}

async function patiently<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('the push does not end')), PATIENCE_MS);
    });
    try {
        return await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** Carries a scenario out: build, run, edit, push, and compare with a fresh build after every push. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type Docker from 'dockerode';
import * as context from './context.js';
import { build, BuildError, docker, removeAll, run, treeOfImage, workspace } from './daemon.js';
import type { Engine, EngineSession } from './engine.js';
import type { Scenario, Step } from './scenario.js';
import { stageDockerfiles } from './stages.js';
import { differences, prune, treeOf, type Tree } from './tree.js';

/** What is wrong with the scenario or the harness, not with the engine. */
export class ScenarioError extends Error {
    override readonly name = 'ScenarioError';
}

export interface Outcome {
    /** What the engine got wrong, a sentence each; empty when it passed. */
    readonly failures: readonly string[];
    readonly pushMilliseconds: readonly number[];
}

interface Stand {
    readonly scenario: Scenario;
    readonly label: string;
    readonly root: string;
    /** The live Dockerfile, outside the context so that it is not part of what is copied. */
    readonly dockerfile: string;
    readonly live: Docker.Container;
    readonly session: EngineSession;
    readonly events: { restarts: number; runs: number };
}

export async function runScenario(scenario: Scenario, engine: Engine): Promise<Outcome> {
    const label = randomUUID();
    const space = workspace(label);
    try {
        return await carryOut(scenario, engine, label, space.path);
    } finally {
        await removeAll(label);
        space.remove();
    }
}

async function carryOut(
    scenario: Scenario,
    engine: Engine,
    label: string,
    space: string,
): Promise<Outcome> {
    const root = path.join(space, 'context');
    context.create(root, { Dockerfile: scenario.dockerfile, ...scenario.files });
    let liveText: string;
    try {
        liveText = new engine.module.Dockerfile(scenario.dockerfile).generateLiveDockerfile();
    } catch (error) {
        return failed([`the live Dockerfile: ${text(error)}`]);
    }
    const dockerfile = path.join(space, 'Dockerfile');
    fs.writeFileSync(dockerfile, liveText);
    const images = await buildStages(scenario, liveText, { label, root, dockerfile });
    const live = await run(images.final, label, scenario.ownCommand === true);
    const initial = await treeOf(live);
    await checkStart(scenario, initial, images.final, label);
    const events = { restarts: 0, runs: 0 };
    let session: EngineSession;
    try {
        session = await engine.module.Livepush.init({
            dockerfile: new engine.module.Dockerfile(scenario.dockerfile),
            context: root,
            containerId: live.id,
            stageImages: images.stages,
            docker,
        });
    } catch (error) {
        return failed([`init: ${text(error)}`]);
    }
    session.on('containerRestart', () => (events.restarts += 1));
    session.on('commandReturn', () => (events.runs += 1));
    if (scenario.buildArgs !== undefined) session.setBuildArgs({ ...scenario.buildArgs });
    try {
        return await pushAll({ scenario, label, root, dockerfile, live, session, events }, initial);
    } finally {
        await session.cleanupIntermediateContainers();
    }
}

interface Place {
    readonly label: string;
    readonly root: string;
    readonly dockerfile: string;
}

function buildWith(scenario: Scenario, place: Place): Promise<string> {
    const ignoreFile = path.join(place.root, 'Dockerfile.dockerignore');
    if (fs.existsSync(ignoreFile)) fs.copyFileSync(ignoreFile, `${place.dockerfile}.dockerignore`);
    else fs.rmSync(`${place.dockerfile}.dockerignore`, { force: true });
    return build({
        label: place.label,
        context: place.root,
        dockerfile: place.dockerfile,
        ...(scenario.buildArgs === undefined ? {} : { buildArgs: scenario.buildArgs }),
        noCache: scenario.noCache === true || process.env['LIVEPUSH_NO_CACHE'] === '1',
    });
}

async function buildStages(
    scenario: Scenario,
    liveText: string,
    place: Place,
): Promise<{ final: string; stages: string[] }> {
    const final = await buildWith(scenario, place);
    const stages: string[] = [];
    for (const [index, text] of stageDockerfiles(liveText).entries()) {
        const dockerfile = `${place.dockerfile}.stage${index}`;
        fs.writeFileSync(dockerfile, text);
        // No build gives an image of such a stage; whoever calls the engine hands in some other one.
        const unbuildable = scenario.unbuildable?.includes(index) === true;
        const cached = { ...scenario, noCache: false };
        stages.push(unbuildable ? final : await buildWith(cached, { ...place, dockerfile }));
    }
    return { final, stages };
}

async function checkStart(
    scenario: Scenario,
    initial: Tree,
    image: string,
    label: string,
): Promise<void> {
    const found = compare(scenario, await treeOfImage(image, label), initial);
    if (found.length > 0) {
        throw new ScenarioError(`the container differs before any push: ${found.join('; ')}`);
    }
}

async function pushAll(stand: Stand, initial: Tree): Promise<Outcome> {
    const failures: string[] = [];
    const times: number[] = [];
    let before = initial;
    for (const [index, step] of stand.scenario.steps.entries()) {
        const say = (what: string): number => failures.push(`push ${index + 1}: ${what}`);
        const start = performance.now();
        try {
            await editAndPush(stand, step, say);
        } catch (error) {
            if (error instanceof ScenarioError) throw error;
            say(`threw ${text(error)}`);
        }
        times.push(performance.now() - start);
        const fresh = await freshTree(stand, step);
        if (fresh === null) continue;
        checkTruth(stand.scenario, step, index, differences(before, fresh));
        const found = compare(stand.scenario, fresh, await treeOf(stand.live));
        for (const difference of found.slice(0, 8)) say(difference);
        if (found.length > 8) say(`… and ${found.length - 8} more`);
        before = fresh;
        if (found.length > 0) break;
    }
    return { failures, pushMilliseconds: times };
}

async function editAndPush(stand: Stand, step: Step, say: (what: string) => number): Promise<void> {
    const before = context.list(stand.root);
    for (const edit of step.edits) context.apply(stand.root, edit);
    const after = context.list(stand.root);
    const touched = step.edits.filter(({ op }) => op === 'touch').map((edit) => edit.path);
    const changes = context.report(before, after, touched, step.report ?? 'files');
    const name = (where: string): string =>
        step.absolute === true ? path.join(stand.root, where) : where;
    const { events } = stand;
    events.restarts = 0;
    events.runs = 0;
    await within(
        120_000,
        stand.session.performLivepush(changes.updated.map(name), changes.deleted.map(name)),
    );
    const { restarts, runs } = step;
    if (restarts !== undefined && events.restarts !== Number(restarts)) {
        say(`restarted ${events.restarts} times, should be ${Number(restarts)}`);
    }
    if (runs !== undefined && events.runs !== runs) {
        say(`ran ${events.runs} commands, should be ${runs}`);
    }
}

/** The tree of a build of the context as it is now, or null where none succeeds and none should. */
async function freshTree(stand: Stand, step: Step): Promise<Tree | null> {
    try {
        const image = await buildWith(stand.scenario, stand);
        if (step.breaks === true) throw new ScenarioError('a build succeeds, but should not');
        return await treeOfImage(image, stand.label);
    } catch (error) {
        if (error instanceof BuildError && step.breaks === true) return null;
        throw error instanceof BuildError ? new ScenarioError(error.message) : error;
    }
}

/** A scenario whose edit changes nothing would pass with an engine that does nothing. */
function checkTruth(scenario: Scenario, step: Step, index: number, changed: string[]): void {
    if (step.noChange === true && changed.length > 0) {
        throw new ScenarioError(`edit ${index + 1} changes the build: ${changed.join('; ')}`);
    }
    if (step.noChange !== true && changed.length === 0) {
        throw new ScenarioError(`edit ${index + 1} of “${scenario.name}” changes nothing`);
    }
}

function compare(scenario: Scenario, expected: Tree, actual: Tree): string[] {
    for (const { path: where } of scenario.exempt ?? []) {
        for (const tree of [expected, actual]) prune(tree, where.replace(/^\//, ''));
    }
    return differences(expected, actual);
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('the push does not end')), milliseconds);
    });
    try {
        return await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}

function failed(failures: string[]): Outcome {
    return { failures, pushMilliseconds: [] };
}

function text(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

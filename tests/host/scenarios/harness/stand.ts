/** Where a scenario is carried out: its context, images, live container and the engine's session. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type Docker from 'dockerode';
import * as context from './context.js';
import { build, docker, removeAll, run, treeOfImage, workspace } from './daemon.js';
import type { Engine, EngineSession } from './engine.js';
import type { Scenario } from './scenario.js';
import { stageDockerfiles } from './stages.js';
import { prune, treeOf, type Tree } from './tree.js';

export interface Stand {
    readonly scenario: Scenario;
    readonly root: string;
    readonly image: string;
    readonly live: Docker.Container;
    readonly session: EngineSession;
    /** What the engine reported since the counts were last set to 0. */
    readonly events: { restarts: number; runs: number };
    /** Builds the context as it is now, perhaps without Docker's cache. */
    freshTree(noCache?: boolean): Promise<Tree>;
    liveTree(): Promise<Tree>;
    remove(): Promise<void>;
}

/** The engine refused what it was asked to start with. */
export class EngineError extends Error {
    override readonly name = 'EngineError';
}

export async function setUp(scenario: Scenario, engine: Engine): Promise<Stand> {
    const label = randomUUID();
    const space = workspace(label);
    const clear = async (): Promise<void> => {
        await removeAll(label);
        space.remove();
    };
    try {
        const root = path.join(space.path, 'context');
        context.create(root, { Dockerfile: scenario.dockerfile, ...scenario.files });
        // Outside the context, so that it is not part of what is copied.
        const dockerfile = path.join(space.path, 'Dockerfile');
        const text = refusing('the live Dockerfile', () => {
            return new engine.module.Dockerfile(scenario.dockerfile).generateLiveDockerfile();
        });
        fs.writeFileSync(dockerfile, text);
        const place = { label, root, dockerfile };
        const image = await buildAt(scenario, place);
        const stageImages = await buildStages(scenario, image, text, place);
        const live = await run(image, label, scenario.ownCommand === true);
        const options = { context: root, containerId: live.id, stageImages, docker };
        const { session, events } = await startSession(scenario, engine, options);
        return {
            scenario,
            root,
            image,
            live,
            session,
            events,
            freshTree: async (noCache = false) => {
                const asked = noCache ? { ...scenario, noCache } : scenario;
                const fresh = await buildAt(asked, place);
                return exempting(scenario, await treeOfImage(fresh, label));
            },
            liveTree: async () => exempting(scenario, await treeOf(live)),
            remove: async () => {
                await session.cleanupIntermediateContainers();
                await clear();
            },
        };
    } catch (error) {
        await clear();
        throw error;
    }
}

interface Place {
    readonly label: string;
    readonly root: string;
    readonly dockerfile: string;
}

function buildAt(scenario: Scenario, place: Place): Promise<string> {
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
    final: string,
    text: string,
    place: Place,
): Promise<string[]> {
    const images: string[] = [];
    for (const [index, stage] of stageDockerfiles(text).entries()) {
        const dockerfile = `${place.dockerfile}.stage${index}`;
        fs.writeFileSync(dockerfile, stage);
        // No build gives an image of such a stage; whoever calls the engine hands in some other one.
        const unbuildable = scenario.unbuildable?.includes(index) === true;
        const cached = { ...scenario, noCache: false };
        images.push(unbuildable ? final : await buildAt(cached, { ...place, dockerfile }));
    }
    return images;
}

type SessionOptions = Omit<Parameters<Engine['module']['Livepush']['init']>[0], 'dockerfile'>;

async function startSession(
    scenario: Scenario,
    engine: Engine,
    options: SessionOptions,
): Promise<Pick<Stand, 'session' | 'events'>> {
    const { Dockerfile, Livepush } = engine.module;
    const dockerfile = new Dockerfile(scenario.dockerfile);
    const session = await Livepush.init({ ...options, dockerfile }).catch((error: unknown) => {
        throw new EngineError(`init: ${messageOf(error)}`);
    });
    const events = { restarts: 0, runs: 0 };
    session.on('containerRestart', () => (events.restarts += 1));
    session.on('commandReturn', () => (events.runs += 1));
    if (scenario.buildArgs !== undefined) session.setBuildArgs({ ...scenario.buildArgs });
    return { session, events };
}

function exempting(scenario: Scenario, tree: Tree): Tree {
    for (const { path: where } of scenario.exempt ?? []) prune(tree, where.replace(/^\//, ''));
    if (scenario.apart !== undefined) for (const node of tree.values()) node.names = '';
    return tree;
}

function refusing<T>(what: string, work: () => T): T {
    try {
        return work();
    } catch (error) {
        throw new EngineError(`${what}: ${messageOf(error)}`);
    }
}

export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

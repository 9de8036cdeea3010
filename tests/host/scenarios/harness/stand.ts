/** Where a scenario is carried out: its context, and the engine's session and container. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type Docker from 'dockerode';
import * as context from './context.js';
import { buildAt, removeAll, treeOfImage, workspace } from './daemon.js';
import { EngineError, refusing, type Engine, type Session } from './engine.js';
import type { Scenario } from './scenario.js';
import { prune, treeOf, type Tree } from './tree.js';

export interface Stand {
    readonly scenario: Scenario;
    readonly engine: Engine;
    readonly root: string;
    readonly live: Docker.Container;
    readonly session: Session;
    /** What the docker command line builds of the context as it is now, perhaps without its cache. */
    freshTree(noCache?: boolean): Promise<Tree>;
    liveTree(): Promise<Tree>;
    remove(): Promise<void>;
}

/** Said of a scenario's container unless the scenario runs a command of its own. */
const IDLE = 'ENTRYPOINT []\nCMD ["/bin/busybox", "sleep", "2147483647"]\n';

export async function setUp(scenario: Scenario, engine: Engine): Promise<Stand> {
    const label = randomUUID();
    const space = workspace(label);
    const clear = async (): Promise<void> => {
        await removeAll(label);
        space.remove();
    };
    try {
        const root = layOutRoot(space.path, scenario.linkedContext === true);
        const idles = engine.runs && scenario.ownCommand !== true;
        const text = idles ? `${scenario.dockerfile}${IDLE}` : scenario.dockerfile;
        context.create(root, { Dockerfile: text, ...scenario.files });
        // Outside the context, so that it is not part of what is copied.
        const dockerfile = path.join(space.path, 'Dockerfile');
        const liveText = await refusing('the live Dockerfile', () => engine.liveText(text));
        fs.writeFileSync(dockerfile, liveText);
        const project = { scenario, text, liveText, label, root, dockerfile };
        const session = await engine.open(project).catch(async (error: unknown) => {
            // Refused rightly where the docker command line refuses it too, which then says why.
            if (error instanceof EngineError) await buildAt(project);
            throw error;
        });
        return {
            scenario,
            engine,
            root,
            live: session.live,
            session,
            freshTree: async (noCache = false) => {
                const fresh = await buildAt(project, noCache || scenario.noCache === true);
                return exempting(scenario, await treeOfImage(fresh, label));
            },
            liveTree: async () => exempting(scenario, await treeOf(session.live)),
            remove: async () => {
                await session.close();
                await clear();
            },
        };
    } catch (error) {
        await clear();
        throw error;
    }
}

function layOutRoot(space: string, linked: boolean): string {
    const root = path.join(space, 'context');
    if (linked) {
        fs.mkdirSync(path.join(space, 'real'));
        fs.symlinkSync('real', root);
    }
    return root;
}

function exempting(scenario: Scenario, tree: Tree): Tree {
    for (const { path: where } of scenario.exempt ?? []) prune(tree, where.replace(/^\//, ''));
    return tree;
}

/** The class of npm livepush, ours or its own: whoever uses it builds the images and runs the container. */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import type Docker from 'dockerode';
import * as library from '../../../../extension/host/index.js';
import { buildAt, docker, run } from './daemon.js';
import { refusing, type Engine, type Project, type Session } from './engine.js';
import { stageDockerfiles } from './stages.js';

interface ClassSession {
    setBuildArgs(args: Record<string, string>): void;
    performLivepush(updated: string[], deleted: string[]): Promise<void>;
    cleanupIntermediateContainers(): Promise<void>;
    on(event: string, listener: (argument: never) => void): unknown;
}

interface Options {
    readonly dockerfile: object;
    readonly context: string;
    readonly containerId: string;
    readonly stageImages: string[];
    readonly docker: Docker;
}

interface Module {
    readonly Dockerfile: new (text: string) => { generateLiveDockerfile(): string };
    readonly Livepush: { init(options: Options): Promise<ClassSession> };
}

const require = createRequire(import.meta.url);

export function ourClass(): Engine {
    // Wider than the interface, whose parts npm livepush does not type.
    return engineOf('class', 'Livepush as a class', library as unknown as Module);
}

export function npmLivepush(): Engine {
    return engineOf('npm', 'npm livepush 3.5.4', require('npm-livepush') as Module);
}

function engineOf(key: Engine['key'], title: string, module: Module): Engine {
    return {
        key,
        title,
        runs: false,
        liveText: (text) => new module.Dockerfile(text).generateLiveDockerfile(),
        open: (project) => open(module, project),
    };
}

async function open({ Dockerfile, Livepush }: Module, project: Project): Promise<Session> {
    const { scenario, label, root, text } = project;
    const image = await buildAt(project);
    const stageImages = await buildStages(project, image);
    const live = await run(
        image,
        label,
        scenario.ownCommand === true && scenario.kind !== 'generated',
    );
    const dockerfile = new Dockerfile(text);
    const options = { dockerfile, context: root, containerId: live.id, stageImages, docker };
    const session = await refusing('init', () => Livepush.init(options));
    const events = { restarts: 0, runs: 0 };
    session.on('containerRestart', () => (events.restarts += 1));
    session.on('commandReturn', () => (events.runs += 1));
    if (scenario.buildArgs !== undefined) session.setBuildArgs({ ...scenario.buildArgs });
    return {
        live,
        events,
        push: (updated, deleted) => session.performLivepush(updated, deleted),
        close: () => session.cleanupIntermediateContainers(),
    };
}

async function buildStages(project: Project, final: string): Promise<string[]> {
    const images: string[] = [];
    for (const [index, stage] of stageDockerfiles(project.liveText).entries()) {
        const dockerfile = `${project.dockerfile}.stage${index}`;
        fs.writeFileSync(dockerfile, stage);
        // No build gives an image of such a stage; whoever calls the engine hands in some other one.
        const unbuildable = project.scenario.unbuildable?.includes(index) === true;
        images.push(unbuildable ? final : await buildAt({ ...project, dockerfile }));
    }
    return images;
}

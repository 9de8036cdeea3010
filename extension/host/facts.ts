import type Docker from 'dockerode';
import { core } from './core/wasm.js';
import { ask } from './docker/client.js';
import { tableOf } from './core/contextTable.js';
import type { Context } from './context/scan.js';
import type { ImageFacts, Planner } from './core/planner.js';
import { setIgnore } from './ignore.js';

/** What the core has to be told before it can plan anything. */
export interface Facts {
    readonly platform: string;
    readonly currentBuilder: boolean;
    /** Configs of images by name; null where it cannot be had. */
    readonly images: Map<string, ImageFacts | null>;
}

export interface PlannerSettings {
    readonly text: string;
    readonly target: string | null;
    readonly buildArgs: Readonly<Record<string, string>>;
}

/** The first version of Docker whose builder takes what the frontend of 2026 takes. */
const CURRENT = 28;

/** Asks the daemon what it is. */
export async function engineFacts(docker: Docker): Promise<Facts> {
    const version = await ask('Asking Docker for its version', () => docker.version());
    return {
        platform: `${version.Os}/${version.Arch}`,
        currentBuilder: Number.parseInt(version.Version, 10) >= CURRENT,
        images: new Map(),
    };
}

/** A planner that knows as much as is known; `neededImages` says what it lacks. */
export function openPlanner(settings: PlannerSettings, facts: Facts): Planner {
    const { CoreSession } = core();
    const planner = new CoreSession({
        dockerfile: settings.text,
        target: settings.target,
        buildArgs: { ...settings.buildArgs },
        currentBuilder: facts.currentBuilder,
        platform: facts.platform,
    });
    tell(planner, facts);
    return planner;
}

/** Looks up the images that the planner lacks, and tells it. */
export async function learnImages(docker: Docker, planner: Planner, facts: Facts): Promise<void> {
    for (;;) {
        const names = planner.neededImages().filter((name) => !facts.images.has(name));
        if (names.length === 0) return;
        for (const name of names) facts.images.set(name, await imageFacts(docker, name));
        tell(planner, facts);
    }
}

/** What the images were built from. */
export function setBuilt(planner: Planner, ignore: string | null, built: Context): void {
    setIgnore(planner, ignore);
    planner.setContext(tableOf(built));
}

function tell(planner: Planner, facts: Facts): void {
    for (;;) {
        const name = planner.neededImages().find((needed) => facts.images.has(needed));
        if (name === undefined) return;
        planner.learnImage(name, facts.images.get(name) ?? null);
    }
}

/** A builder need not leave the images that it pulled where they can be asked about. */
async function imageFacts(docker: Docker, name: string): Promise<ImageFacts | null> {
    const inspect = () => docker.getImage(name).inspect();
    try {
        const { Config: config } = await inspect().catch(() => pull(docker, name).then(inspect));
        // What is empty is left out, or null, whatever the client's types say.
        const found: Partial<Record<string, unknown>> = { ...config };
        return {
            env: texts(found['Env']),
            workingDir: texts([found['WorkingDir']])[0] ?? '',
            user: texts([found['User']])[0] ?? '',
            shell: texts(found['Shell']),
            onBuild: texts(found['OnBuild']),
        };
    } catch {
        return null;
    }
}

function texts(value: unknown): string[] {
    return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

async function pull(docker: Docker, name: string): Promise<void> {
    const progress: NodeJS.ReadableStream = await docker.pull(name);
    for await (const line of progress) {
        if (String(line).includes('"errorDetail"')) throw new Error(String(line));
    }
}

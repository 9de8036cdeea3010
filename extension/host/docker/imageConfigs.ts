import type Docker from 'dockerode';
import { ask } from './client.js';
import { pullCredentials } from './credentials.js';
import { wholeName } from './reference.js';
import { type Facts, type ImageFacts, type Planner, tell } from '../core/planner.js';

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

/** Looks up the images that the planner lacks, and tells it. */
export async function learnImages(docker: Docker, planner: Planner, facts: Facts): Promise<void> {
    for (;;) {
        const names = planner.neededImages().filter((name) => !facts.images.has(name));
        if (names.length === 0) return;
        for (const name of names) facts.images.set(name, await imageFacts(docker, name));
        tell(planner, facts);
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
    const [registry = ''] = wholeName(name).split('/');
    const authconfig = await pullCredentials(registry);
    const options = authconfig === null ? {} : { authconfig };
    const progress: NodeJS.ReadableStream = await docker.pull(name, options);
    for await (const line of progress) {
        if (String(line).includes('"errorDetail"')) throw new Error(String(line));
    }
}

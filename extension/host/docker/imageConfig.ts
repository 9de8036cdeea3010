/** What of an image a running container cannot take on. */
import type Docker from 'dockerode';

/** Whether containers of two images are run in the same way: only their files may differ. */
export async function runsTheSame(docker: Docker, one: string, other: string): Promise<boolean> {
    const [before, after] = await Promise.all([configOf(docker, one), configOf(docker, other)]);
    return before !== null && before === after;
}

/** Null where the image is gone: what it said is then not known. */
async function configOf(docker: Docker, image: string): Promise<string | null> {
    try {
        const { Config: config } = await docker.getImage(image).inspect();
        const said = config as unknown as Readonly<Record<string, unknown>>;
        const parts = PARTS.map((part) => sorted(said[part] ?? null));
        // None is the root.
        const folder = said['WorkingDir'] === '' ? '/' : (said['WorkingDir'] ?? '/');
        return JSON.stringify([...parts, folder]);
    } catch {
        return null;
    }
}

/** In Docker's words. ONBUILD is for images that are made from it. */
const PARTS = [
    'Env',
    'Cmd',
    'Entrypoint',
    'User',
    'ExposedPorts',
    'Volumes',
    'Healthcheck',
    'StopSignal',
    'Labels',
    'Shell',
    'ArgsEscaped',
];

/** The order of names says nothing; that of a list does. */
function sorted(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

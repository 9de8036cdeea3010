/** Which running containers seem to have been built from a Dockerfile, to be offered first. */
import type Docker from 'dockerode';
import { pathBelow } from '../common/hostFiles.js';
import { readText } from '../context/readText.js';
import { ask } from '../docker/client.js';
import { parse } from '../core/functions.js';

/** Tells it by the project that Compose ran it for, else by what its image says that it copied. */
export async function likelyOf(
    docker: Docker,
    dockerfile: string,
): Promise<(container: Docker.ContainerInfo) => Promise<boolean>> {
    const copies = copiesOf(await readText(dockerfile).catch(() => ''));
    const byImage = new Map<string, Promise<boolean>>();
    return async ({ Labels: labels, ImageID: image }) => {
        const folder = labels['com.docker.compose.project.working_dir'];
        if (folder !== undefined) return pathBelow(folder, dockerfile) !== null;
        if (copies.length === 0) return false;
        if (!byImage.has(image)) byImage.set(image, made(docker, image, copies));
        return (await byImage.get(image)) ?? false;
    };
}

/** What the last stage copies, as an image's history says it. Variables are not known here. */
function copiesOf(text: string): string[] {
    const { instructions } = parse(text);
    const last = instructions.findLastIndex(({ keyword }) => keyword === 'FROM');
    return instructions
        .slice(last + 1)
        .filter(({ keyword }) => keyword === 'COPY' || keyword === 'ADD')
        .map(({ keyword, arguments: words }) => `${keyword} ${words.join(' ')} #`)
        .filter((copy) => !copy.includes('$') && !copy.includes('<<'));
}

async function made(docker: Docker, image: string, copies: readonly string[]): Promise<boolean> {
    const history: unknown = await ask('Looking at an image', () =>
        docker.getImage(image).history(),
    ).catch(() => []);
    const lines = (history as { CreatedBy: string }[]).map(({ CreatedBy: text }) => text);
    return copies.every((copy) => lines.some((line) => line.startsWith(copy)));
}

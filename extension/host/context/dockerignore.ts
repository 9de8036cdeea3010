import { join } from 'node:path';
import { isVanished, unreadable } from './entry.js';
import { readText } from './readText.js';

/** The text of the ignore file that governs a build, or null where there is none. */
export async function readIgnore(
    context: string,
    dockerfile: string | null,
): Promise<string | null> {
    const places = [join(context, '.dockerignore')];
    if (dockerfile !== null) places.unshift(ownIgnoreFile(dockerfile));
    for (const place of places) {
        try {
            return await readText(place);
        } catch (error) {
            if (!isVanished(error)) throw unreadable(place, error);
        }
    }
    return null;
}

/** The file beside the Dockerfile that goes before the context's own ignore file. */
export function ownIgnoreFile(dockerfile: string): string {
    return `${dockerfile}.dockerignore`;
}

/** The file that makes Compose run live images: it is given after the project's own. */
import { FOLDER, INIT_PROGRAM } from '../helper/init.js';
import type { ServiceModel } from './model.js';

/** A service that runs a live image. */
export interface LiveService {
    readonly service: ServiceModel;
    /** A name with a tag. */
    readonly image: string;
    /** The image itself. */
    readonly id: string;
    /** What the live image runs. */
    readonly imageEntrypoint: readonly string[];
    readonly imageCommand: readonly string[];
    /** The volume with the helper, or null where its container is restarted as a whole. */
    readonly helperVolume: string | null;
}

/**
 * The override as JSON, which Compose reads as YAML.
 *
 * The helper becomes the first process, so that the application restarts without its container.
 * Setting `entrypoint` makes Compose drop the image's CMD, so both are given.
 */
export function overrideOf(services: readonly LiveService[]): string {
    const volumes = services.flatMap(({ helperVolume }) =>
        helperVolume === null ? [] : [[helperVolume, { external: true, name: helperVolume }]],
    );
    const entries = services.map((live) => [live.service.name, definitionOf(live)] as const);
    return JSON.stringify({
        services: Object.fromEntries(entries) as unknown,
        ...(volumes.length === 0 ? {} : { volumes: Object.fromEntries(volumes) as unknown }),
    });
}

function definitionOf(live: LiveService): Readonly<Record<string, unknown>> {
    const image = { image: live.image, pull_policy: 'never' };
    const start = startOf(live);
    if (live.helperVolume === null || start === null) return image;
    return {
        ...image,
        entrypoint: [INIT_PROGRAM, 'init', '--', ...start.entrypoint.map(literal)],
        command: start.command.map(literal),
        volumes: [
            {
                type: 'volume',
                source: live.helperVolume,
                target: FOLDER,
                read_only: true,
                volume: { nocopy: true },
            },
        ],
    };
}

/** What the container would start; null where it names nothing, or Docker's init comes first. */
export function startOf({
    service,
    imageEntrypoint,
    imageCommand,
}: Omit<LiveService, 'image' | 'id' | 'helperVolume'>): {
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
} | null {
    if (service.init) return null;
    const entrypoint = service.entrypoint ?? imageEntrypoint;
    const command = service.command ?? (service.entrypoint === null ? imageCommand : []);
    return entrypoint.length + command.length === 0 ? null : { entrypoint, command };
}

/** Compose takes `$` for the beginning of a variable. */
function literal(word: string): string {
    return word.replaceAll('$', '$$$$');
}

/**
 * The helper as the first process of a live container, so that the application can be started
 * anew without its container.
 *
 * It must be there whenever the container starts, so it does not remove itself. It is carried in
 * a volume, which is read-only, shared by all containers and mounted under `/dev`: no file of ours
 * is in the container's own tree.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { stateFolder } from '../common/stateFolder.js';
import { statPath } from '../docker/archive.js';
import { engineIdOf } from '../docker/engineId.js';
import type { Ledger } from '../docker/ledger.js';
import {
    createContainer,
    createVolume,
    openLedger,
    removeContainer,
    removeVolume,
    statusOf,
} from '../docker/objects.js';
import { binaryOf, type HelperBinary } from './binary.js';
import { HelperUnavailable } from './errors.js';
import { fileArchive } from './install.js';

export const FOLDER = '/dev/.livepush';
const NAME = 'livepush-helper';
/** Where the helper is in a container that was created with `withInit`. */
export const INIT_PROGRAM = `${FOLDER}/${NAME}`;
/** The name of the ledger of what all sessions share. */
const SHARED = 'shared';

/** How the application is asked to end, and how long it may take. */
export interface RestartOptions {
    /** As in `STOPSIGNAL`: `SIGTERM`, `TERM`, `15`, `SIGRTMIN+3`. */
    readonly stopSignal?: string | undefined;
    readonly graceMilliseconds?: number | undefined;
}

/** Makes sure that the daemon has a volume with the helper, and returns its name. */
export async function initVolume(
    docker: Docker,
    image: string,
    architecture: string,
    session: string,
): Promise<string> {
    const binary = await binaryOf(architecture);
    const name = `livepush-helper-${binary.architecture}-${digest(binary)}`;
    await ensureVolume(docker, name);
    // Volumes are written through a container; this one is never started.
    const container = await createContainer(docker, session, 'Filling a volume', {
        Image: image,
        Entrypoint: [INIT_PROGRAM],
        Cmd: [],
        HostConfig: { Mounts: [mount(name, false)] },
    });
    try {
        const there = await statPath(container, INIT_PROGRAM);
        if (there?.size !== binary.bytes.length) {
            await container.putArchive(await fileArchive(NAME, binary.bytes), { path: FOLDER });
        }
    } finally {
        await removeContainer(container);
    }
    return name;
}

/** All sessions share the volume, so that what created it is entered in a ledger that they share. */
async function ensureVolume(docker: Docker, name: string): Promise<void> {
    try {
        await docker.getVolume(name).inspect();
    } catch (error) {
        if (statusOf(error) !== 404) throw error;
        await openSharedLedger();
        await createVolume(docker, SHARED, name);
    }
}

async function openSharedLedger(): Promise<Ledger> {
    return openLedger(SHARED, join(await stateFolder(), SHARED));
}

/**
 * The options of a live container with the helper as its first process. `ENTRYPOINT` and `CMD`
 * are those that the container would have had: its own, or else its image's.
 */
export function withInit(
    options: Docker.ContainerCreateOptions,
    volume: string,
    image: {
        readonly Entrypoint?: string | string[] | null | undefined;
        readonly Cmd?: string[] | null | undefined;
    },
): Docker.ContainerCreateOptions {
    const entrypoint = words(options.Entrypoint ?? image.Entrypoint);
    // Docker takes the image's CMD only together with the image's ENTRYPOINT.
    const command = words(options.Cmd ?? (options.Entrypoint ? [] : image.Cmd));
    if (entrypoint.length + command.length === 0) {
        throw new HelperUnavailable('the image names no command to start');
    }
    const host = options.HostConfig ?? {};
    return {
        ...options,
        Entrypoint: [INIT_PROGRAM, 'init', '--', ...entrypoint],
        Cmd: command,
        HostConfig: { ...host, Mounts: [...(host.Mounts ?? []), mount(volume, true)] },
    };
}

/** Whether a container has the helper as its first process. */
export function hasInit(container: Docker.ContainerInspectInfo): boolean {
    return container.Path === INIT_PROGRAM && container.Args[0] === 'init';
}

/** Removes the volumes that no container needs any more, and returns how many they were. */
export async function removeInitVolumes(docker: Docker): Promise<number> {
    const engine = await engineIdOf(docker);
    let removed = 0;
    for (const { key, engine: where } of (await openSharedLedger()).entries) {
        // One that is in use stays, by the daemon's own refusal.
        if (where === engine && (await removeVolume(docker, key))) removed += 1;
    }
    return removed;
}

const numbers: Readonly<Record<string, number>> = {
    HUP: 1,
    INT: 2,
    QUIT: 3,
    ABRT: 6,
    KILL: 9,
    USR1: 10,
    USR2: 12,
    TERM: 15,
    CONT: 18,
    WINCH: 28,
    PWR: 30,
    RTMIN: 34,
    RTMAX: 64,
};

/** The number of a signal as a Dockerfile's `STOPSIGNAL` writes it; SIGTERM where it has none. */
export function signalNumber(text: string | undefined): number {
    if (text === undefined || text === '') return 15;
    if (/^\d+$/.test(text)) return Number(text);
    const match = /^(?:SIG)?([A-Z0-9]+?)(?:([+-])(\d+))?$/.exec(text.toUpperCase());
    const base = numbers[match?.[1] ?? ''];
    if (base === undefined) return 15;
    return base + (match?.[2] === '-' ? -1 : 1) * Number(match?.[3] ?? 0);
}

function digest({ bytes }: HelperBinary): string {
    return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function words(value: string | string[] | null | undefined): string[] {
    return typeof value === 'string' ? [value] : [...(value ?? [])];
}

function mount(volume: string, readOnly: boolean): Docker.MountSettings {
    return {
        Type: 'volume',
        Source: volume,
        Target: FOLDER,
        ReadOnly: readOnly,
        VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
    };
}

/**
 * The only way to create and to remove what a session has in Docker: everything that is created is
 * entered in the session's ledger first, and nothing is removed that no open ledger has.
 */
import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { ask, SESSION_LABEL } from './client.js';
import { engineIdOf } from './engineId.js';
import { Ledger } from './ledger.js';

/** Makes the ids of images unique to a session. Says nothing of whose they are. */
export const IMAGE_LABEL = 'livepush.image';

/** Names that images get when a session creates them. */
const SESSION_IMAGES = 'livepush-session';

/**
 * The name of an image that a session creates: one without a name is removed by
 * `docker image prune` even while the session needs it.
 */
export function sessionTag(session: string, what: string): string {
    return `${SESSION_IMAGES}:${session.slice(0, 8)}-${what}`;
}

function isSessionTag(tag: string): boolean {
    return tag.startsWith(`${SESSION_IMAGES}:`);
}

const ledgers = new Map<string, Ledger>();

/** The ledger of a session. One that was not opened is not kept beyond the process. */
export function ledgerOf(session: string): Ledger {
    const known = ledgers.get(session) ?? new Ledger(null);
    ledgers.set(session, known);
    return known;
}

/** Reads the ledger of a session, and keeps it in its file from now on. */
export async function openLedger(session: string, file: string): Promise<Ledger> {
    const ledger = await Ledger.read(file);
    ledgers.set(session, ledger);
    return ledger;
}

export async function closeLedger(session: string): Promise<void> {
    const ledger = ledgers.get(session);
    ledgers.delete(session);
    await ledger?.written();
}

/** Creates a container with a name that no other can have or inherit. */
export async function createContainer(
    docker: Docker,
    session: string,
    doing: string,
    options: Docker.ContainerCreateOptions,
    prefix = 'livepush-build',
): Promise<Docker.Container> {
    const ledger = ledgerOf(session);
    const engine = await engineIdOf(docker);
    const key = `${prefix}-${randomBytes(8).toString('hex')}`;
    await ledger.add({ kind: 'container', engine, key, id: null });
    const Labels = { ...options.Labels, [SESSION_LABEL]: session };
    let container: Docker.Container;
    try {
        container = await docker.createContainer({ ...options, name: key, Labels });
    } catch (error) {
        // Where the daemon refused it, there is none; a lost connection says nothing.
        if (statusOf(error) !== null) await ledger.forget(key);
        return ask(doing, () => Promise.reject(error as Error));
    }
    await ledger.add({ kind: 'container', engine, key, id: container.id });
    return container;
}

/** Creates a volume; its name must be unique, or known to be this session's. */
export async function createVolume(docker: Docker, session: string, name: string): Promise<void> {
    await noteObject(docker, session, 'volume', name);
    const Labels = { [SESSION_LABEL]: session };
    await ask('Creating a volume', () => docker.createVolume({ Name: name, Labels }));
}

/** Enters an image that a session creates, before or right after it does. */
export function noteImage(docker: Docker, session: string, id: string): Promise<void> {
    return noteObject(docker, session, 'image', id);
}

async function noteObject(
    docker: Docker,
    session: string,
    kind: 'image' | 'volume',
    id: string,
): Promise<void> {
    const engine = await engineIdOf(docker);
    await ledgerOf(session).add({ kind, engine, key: id, id });
}

/** Leaves an object to the user: no session removes it any more. */
export async function leaveToUser(id: string): Promise<void> {
    await ownerOf(id)?.forget(id);
}

/**
 * Removes a container that a session created, with its anonymous volumes unless they are to stay.
 * Says whether it is gone; one that is not stays in the ledger.
 */
export async function removeContainer(container: Docker.Container, v = true): Promise<boolean> {
    return removeOwned(container.id, () => container.remove({ force: true, v }));
}

/**
 * Removes an image that a session created, unless somebody uses it: one with a tag that the
 * session did not give it, or with a container, stays. Says whether it is gone.
 */
export async function removeImage(docker: Docker, id: string): Promise<boolean> {
    if (ownerOf(id) === undefined) return false;
    const inspected = docker.getImage(id).inspect();
    const tags = await inspected.then(
        ({ RepoTags: all }) => (all as string[] | null) ?? [],
        () => [],
    );
    const names = tags.filter((tag) => tag !== '<none>:<none>');
    // Neither by force nor with its parents, which may be somebody else's. With several names it
    // goes with the last of them.
    const remove = async (all: readonly string[]): Promise<void> => {
        for (const name of all) {
            await docker.getImage(name).remove({ force: false, noprune: true });
        }
    };
    const given = names.filter(isSessionTag);
    if (given.length < names.length) {
        // The image stays, under the names that the user gave it.
        await remove(given).catch(() => undefined);
        await leaveToUser(id);
        return false;
    }
    return removeOwned(id, () => remove(given.length > 0 ? given : [id]));
}

export async function removeVolume(docker: Docker, name: string): Promise<boolean> {
    return removeOwned(name, () => docker.getVolume(name).remove());
}

async function removeOwned(id: string, remove: () => Promise<unknown>): Promise<boolean> {
    const owner = ownerOf(id);
    if (owner === undefined) return false;
    try {
        await remove();
    } catch (error) {
        if (statusOf(error) !== 404) return false;
    }
    await owner.forget(id).catch(() => undefined);
    return true;
}

function ownerOf(id: string): Ledger | undefined {
    return [...ledgers.values()].find((ledger) => ledger.has(id));
}

/** The status of the daemon's answer, or null where there was none. */
export function statusOf(error: unknown): number | null {
    if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
    return typeof error.statusCode === 'number' ? error.statusCode : null;
}

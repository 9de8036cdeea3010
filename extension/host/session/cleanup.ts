/** Removes what sessions left behind, by their ledgers: nothing else is ever removed. */
import type Docker from 'dockerode';
import type { CleanUpResult } from '../api.js';
import { engineIdOf } from '../docker/engineId.js';
import type { LedgerEntry } from '../docker/ledger.js';
import {
    ledgerOf,
    removeContainer,
    removeImage,
    removeVolume,
    statusOf,
} from '../docker/objects.js';
import { removeInitVolumes } from '../helper/init.js';
import { discard, release, tryAcquire } from './lock.js';
import { deleteRecord, readRecord, type SessionRecord, sessionIds } from './record.js';

/**
 * Removes what this process or an earlier one made for a session that this process holds, but for
 * the container that is to stay and its image. What cannot be removed stays in the ledger.
 */
export async function removeLeft(
    docker: Docker,
    session: string,
    stays: string | null,
): Promise<CleanUpResult> {
    const engine = await engineIdOf(docker);
    const entries = ledgerOf(session).entries.filter(({ engine: where }) => where === engine);
    const removed = { containers: 0, images: 0, volumes: 0 };
    const containers = entries.filter(({ kind, id }) => kind === 'container' && id !== stays);
    await Promise.all(
        containers.map(async (entry) => {
            if (await removeNamed(docker, session, entry)) removed.containers += 1;
        }),
    );
    // The later ones are made of the earlier ones.
    for (const { key } of entries.filter(({ kind }) => kind === 'image').reverse()) {
        if (await removeImage(docker, key)) removed.images += 1;
    }
    for (const { key } of entries.filter(({ kind }) => kind === 'volume')) {
        if (await removeVolume(docker, key)) removed.volumes += 1;
    }
    return removed;
}

/** Of a container whose creation nobody saw, its name tells whether there is one: no other has it. */
async function removeNamed(
    docker: Docker,
    session: string,
    { key, id, engine }: LedgerEntry,
): Promise<boolean> {
    if (id !== null) return removeContainer(docker.getContainer(id));
    try {
        const { Id: found } = await docker.getContainer(key).inspect();
        await ledgerOf(session).add({ kind: 'container', engine, key, id: found });
        return await removeContainer(docker.getContainer(found));
    } catch (error) {
        if (statusOf(error) === 404) await ledgerOf(session).forget(key);
        return false;
    }
}

/** Ends a session that this process holds: forgets it, but for what could not be removed. */
export async function endSession(docker: Docker, session: string): Promise<void> {
    await deleteRecord(session);
    await removeLeft(docker, session, null).catch(() => undefined);
    if (ledgerOf(session).entries.length === 0) await discard(session);
    else await release(session);
}

/** Tries again to remove what closed sessions could not, for example since their daemon had ended. */
export async function removePending(docker: Docker): Promise<void> {
    for (const session of await sessionIds()) {
        if ((await readRecord(session)) !== null || !(await tryAcquire(session))) continue;
        await endSession(docker, session);
    }
}

/** Removes what sessions left behind that have ended; live containers stay. */
export async function cleanUp(docker: Docker): Promise<CleanUpResult> {
    const total = { containers: 0, images: 0, volumes: 0 };
    for (const session of await sessionIds()) {
        if (!(await tryAcquire(session))) continue;
        const record = await readRecord(session);
        const stays = record !== null && (await isThere(docker, record)) ? record : null;
        const removed = await removeLeft(docker, session, stays?.containerId ?? null);
        total.containers += removed.containers;
        total.images += removed.images;
        total.volumes += removed.volumes;
        if (stays === null) await endSession(docker, session);
        else await release(session);
    }
    total.volumes += await removeInitVolumes(docker);
    return total;
}

/** Whether a session's container can be there: another daemon cannot be asked. */
async function isThere(docker: Docker, record: SessionRecord): Promise<boolean> {
    if (record.engine !== (await engineIdOf(docker))) return true;
    return docker
        .getContainer(record.containerId)
        .inspect()
        .then(
            () => true,
            (error: unknown) => statusOf(error) !== 404,
        );
}

import { createHash } from 'node:crypto';
import { statPath } from '../docker/archive.js';
import { readTar } from '../tar/reader.js';
import { readArchive } from '../docker/archive.js';
import type { TreeEntry } from '../files/listing.js';
import type { BuildContainer } from '../containers/buildContainer.js';
import { inTurns } from '../common/forEachLimit.js';
import type { FoundEntry, FoundPath, Need, Planner } from '../core/planner.js';
import type { Stages } from './stages.js';

/** How many questions are looked up at once. */
const AT_ONCE = 4;

const SET_GROUP_ID = 0o2000;

/** Looks up what the core asks for and tells it. */
export async function answerNeeds(
    planner: Planner,
    stages: Stages,
    needs: readonly Need[],
): Promise<void> {
    await warmUpForMany(stages, needs);
    await inTurns(needs, (need) => answer(planner, stages, need), AT_ONCE);
}

/** So many paths of one container are quicker to look at by a helper, once it runs. */
const MANY = 24;

async function warmUpForMany(stages: Stages, needs: readonly Need[]): Promise<void> {
    const counts = new Map<number, number>();
    for (const need of needs) {
        if (need.kind === 'stat') counts.set(need.stage, (counts.get(need.stage) ?? 0) + 1);
    }
    for (const [stage, count] of counts) {
        if (count > MANY) await (await stages.pristine(stage)).warmUp().catch(() => false);
    }
}

async function answer(planner: Planner, stages: Stages, need: Need): Promise<void> {
    switch (need.kind) {
        case 'stat': {
            const build = await stages.pristine(need.stage);
            planner.learnPath(need.stage, need.path, await pathAt(build, need.path));
            break;
        }
        case 'names': {
            const { container } = await stages.pristine(need.stage);
            const passwd = await textOf(container, '/etc/passwd');
            const group = await textOf(container, '/etc/group');
            planner.learnNames(need.stage, { passwd, group });
            break;
        }
        case 'stageTree': {
            planner.learnTree(need, await stageTree(stages, need));
            break;
        }
        case 'imageTree':
            planner.learnTree(need, await treeOf(await stages.external(need.name), need.path));
            break;
    }
}

/** What is at a path; its group only where that is handed on, since asking for it costs another call. */
async function pathAt(build: BuildContainer, path: string): Promise<FoundPath | null> {
    const { container } = build;
    if (build.isWarm) {
        const there = (await build.list([path])).get(path);
        if (there === undefined) return null;
        // Of a symlink it is asked where it leads in the end, which only Docker tells.
        if (there.kind !== 'symlink') {
            const { kind, mode, gid, target } = found(there);
            return { kind, mode, gid: handsOnGroup({ kind, mode }) ? gid : 0, target };
        }
    }
    const stat = await statPath(container, path);
    if (stat === null) return null;
    return { ...stat, gid: handsOnGroup(stat) ? await groupOf(container, path) : 0 };
}

function handsOnGroup({ kind, mode }: Pick<FoundPath, 'kind' | 'mode'>): boolean {
    return kind === 'directory' && (mode & SET_GROUP_ID) !== 0;
}

async function groupOf(container: BuildContainer['container'], path: string): Promise<number> {
    const tar = await readArchive(container, path);
    if (tar === null) return 0;
    for await (const { header } of readTar(tar, '/')) return header.gid;
    return 0;
}

/** A state between the first and that of now is no more; taken for empty, it differs from any. */
async function stageTree(
    stages: Stages,
    need: Extract<Need, { kind: 'stageTree' }>,
): Promise<FoundEntry[] | null> {
    if (need.current) return treeOf((await stages.current(need.stage)).build, need.path);
    if (need.revision > 0) return null;
    return stages.original(need.stage, (build) => treeOf(build, need.path));
}

async function treeOf(build: BuildContainer, path: string): Promise<FoundEntry[] | null> {
    const listing = await build.tree(path);
    return listing.size === 0 ? null : [...listing.values()].map(found);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function found(entry: TreeEntry): FoundEntry {
    const { path, mode, uid, gid, size, target } = entry;
    const { capability, userAttributes } = entry;
    const special = entry.kind === 'fifo' || entry.kind.endsWith('device');
    const kind = special ? 'other' : (entry.kind as FoundEntry['kind']);
    // To the core, what a file holds and its extended attributes are one.
    const digest =
        capability === '' && (userAttributes ?? '') === ''
            ? entry.digest
            : sha256(`${entry.digest} ${capability} ${userAttributes ?? ''}`);
    return { path, kind, mode, uid, gid, size, target, digest: digest || null };
}

/** The text of a file, following nothing; null where there is none. */
async function textOf(
    container: BuildContainer['container'],
    path: string,
): Promise<string | null> {
    const tar = await readArchive(container, path);
    if (tar === null) return null;
    for await (const { header, data } of readTar(tar, '/etc')) {
        if (header.kind !== 'file') return null;
        const parts: Buffer[] = [];
        for await (const chunk of data) parts.push(chunk);
        return Buffer.concat(parts).toString();
    }
    return null;
}

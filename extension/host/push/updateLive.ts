import { LivepushError } from '../common/errors.js';
import type { Listing, TreeEntry } from '../files/listing.js';
import { topmost } from '../files/paths.js';
import { relay } from '../tar/relay.js';
import { answerNeeds } from './needs.js';
import type { Workplace } from './pushContext.js';
import { contentOf } from './updateArchive.js';
import type { Sources } from './sources.js';
import type { Entry } from '../core/planner.js';
import { coveredPaths } from './mountedOver.js';
import { located, refuseMountedBelow } from './updateErrors.js';

/** Brings what changed into the live container: one removal, one tar. */
export async function updateLive(
    place: Workplace,
    sources: Sources,
): Promise<{ written: number; removed: number }> {
    const { planner, stages, mirror, live, target } = place;
    const changed = await mirror.changed();
    const whole = await updateOf(place, changed.dirty, changed.replaced);
    const isCovered = await coveredPaths(place);
    const remove = whole.remove.filter((path) => !isCovered(path));
    const restore = whole.restore.filter((path) => !isCovered(path));
    const write = whole.write.filter(({ path }) => !isCovered(path));
    try {
        const build = restore.length > 0 ? (await stages.current(target)).build : null;
        const there: Listing =
            build === null ? new Map<string, TreeEntry>() : await build.list(restore);
        const gone = restore.filter((path) => !there.has(path));
        const kept = restore.filter((path) => there.has(path));
        const removed = topmost([...remove, ...gone]);
        await refuseMountedBelow(place, [...removed, ...write.filter(isFile).map(pathOf)]);
        await live.remove(removed);
        if (kept.length + write.length > 0) {
            const tar = async function* (): AsyncGenerator<Buffer> {
                if (build !== null && kept.length > 0) yield* relay(await build.tar(kept));
            };
            const written = kept.map((path) => ({
                path,
                isDirectory: there.get(path)?.kind === 'directory',
            }));
            await live.write(contentOf({ written, tar }, write, sources));
        }
        changed.carried();
        return { written: kept.length + write.length, removed: removed.length };
    } catch (error) {
        planner.updateFailed();
        throw located(place, error, write);
    }
}

async function updateOf(
    { planner, stages }: Workplace,
    dirty: readonly string[],
    replaced: readonly string[],
): Promise<{ remove: string[]; restore: string[]; write: Entry[] }> {
    for (;;) {
        const answer = planner.update(dirty.join('\0'), replaced.join('\0'));
        if (answer.kind === 'update') return answer;
        if (answer.kind === 'error') {
            throw new LivepushError('step-failed', answer.message, {
                lines: answer.lines,
                remedy: `A build of this context fails too. ${answer.remedy}`,
            });
        }
        await answerNeeds(planner, stages, answer.needs);
    }
}

function isFile({ kind }: Entry): boolean {
    return kind !== 'directory';
}

function pathOf({ path }: Entry): string {
    return path;
}

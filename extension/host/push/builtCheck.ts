import { type ContextEntry, UNKNOWN_FILE } from '../context/entry.js';
import type { Context } from '../context/scan.js';
import { tableOf } from '../core/contextTable.js';
import type { Entry } from '../core/planner.js';
import type { Listing, TreeEntry } from '../files/listing.js';
import { answerNeeds } from './needs.js';
import type { Workplace } from './pushContext.js';

/** A step that copies paths which were named, and where each of them ends up. */
interface NamedCopy {
    readonly id: string;
    readonly stage: number;
    /** Whether the live container shows it as it was copied. */
    readonly trailing: boolean;
    readonly entries: readonly Entry[];
    /** It takes what cannot be looked up: an archive that was unpacked, a mount of a command. */
    readonly unknown: boolean;
}

/**
 * Holds named paths against the containers. Where somebody else built the images, the context may
 * have changed before the session first looked at it, and what is named then looks as it always was.
 */
export class BuiltCheck {
    readonly #place: Workplace;
    readonly #built: Context;
    readonly #checked = new Set<string>();

    /** `built` is the context as it was when the session first looked at it. */
    public constructor(place: Workplace, built: Context) {
        this.#place = place;
        this.#built = built;
    }

    /** Has each path that was never named before, and that the containers lack, pushed. */
    public async check(named: readonly string[]): Promise<void> {
        const paths = this.#unchanged(this.#notYetNamed(named));
        if (paths.size === 0) return;
        const doubtful: string[] = [];
        const live: string[] = [];
        for (const copy of await this.#copiesOf(paths)) {
            const wrong = copy.unknown ? copy.entries : await this.#wrong(copy);
            if (!copy.unknown && wrong.length === 0) continue;
            doubtful.push(copy.id);
            if (copy.trailing) live.push(...wrong.map(({ path }) => path));
        }
        if (doubtful.length > 0) this.#place.planner.doubt(doubtful, live.join('\0'));
    }

    /** A directory stands for all that is below it. */
    #notYetNamed(named: readonly string[]): string[] {
        const { context } = this.#place;
        const folders = named.filter((path) => context.get(path)?.kind === 'directory');
        const below = [...context.keys()].filter((path) =>
            folders.some((folder) => path.startsWith(`${folder}/`)),
        );
        const fresh = [...named, ...below].filter((path) => !this.#checked.has(path));
        for (const path of fresh) this.#checked.add(path);
        return fresh;
    }

    /** What has changed since is pushed in any case. */
    #unchanged(paths: readonly string[]): Set<string> {
        const { context, planner } = this.#place;
        return new Set(
            paths.filter((path) => {
                const now = context.get(path);
                const then = this.#built.get(path);
                if (path === '' || planner.isIgnored(path) || now?.kind !== then?.kind)
                    return false;
                return (
                    now?.digest === then?.digest &&
                    now?.mode === then?.mode &&
                    now?.target === then?.target
                );
            }),
        );
    }

    async #copiesOf(paths: ReadonlySet<string>): Promise<NamedCopy[]> {
        const { planner, context } = this.#place;
        const absent = [...paths].filter((path) => !context.has(path));
        // Where a path that is gone would have been copied to, it tells as if it were there.
        planner.changeContext(tableOf(new Map(absent.map((path) => [path, UNKNOWN_FILE]))), '');
        try {
            const copies: NamedCopy[] = [];
            for (const id of planner.stepsOf([...paths].join('\0'))) {
                copies.push(await this.#copyOf(id, paths));
            }
            return copies;
        } finally {
            planner.changeContext(tableOf(new Map()), absent.join('\0'));
        }
    }

    async #copyOf(id: string, paths: ReadonlySet<string>): Promise<NamedCopy> {
        const { planner, stages, target } = this.#place;
        const [stage = 0, step = 0] = id.split('/').map(Number);
        const outline = planner.outline().stages[stage];
        const trailing = stage === target && step >= (outline?.trailing ?? 0);
        const isRun = outline?.steps[step]?.keyword === 'RUN';
        for (;;) {
            const answer = planner.layout(stage, step);
            if (answer.kind === 'needs') {
                await answerNeeds(planner, stages, answer.needs);
                continue;
            }
            // A build refuses it, and so will the push that carries it out.
            if (answer.kind === 'error') {
                return { id, stage, trailing, entries: [], unknown: false };
            }
            const entries = answer.entries.filter(
                ({ source }) => source.kind === 'context' && paths.has(source.path),
            );
            const unknown = isRun || answer.archives.some(({ source }) => paths.has(source));
            return { id, stage, trailing, entries, unknown };
        }
    }

    async #wrong({ stage, trailing, entries }: NamedCopy): Promise<readonly Entry[]> {
        const { live, stages, context } = this.#place;
        const paths = entries.map(({ path }) => path);
        if (paths.length === 0) return [];
        const actual: Listing = trailing
            ? await live.list(paths)
            : await (await stages.current(stage)).build.list(paths);
        return entries.filter((entry) => {
            const path = entry.source.kind === 'context' ? entry.source.path : '';
            return !holds(actual.get(entry.path) ?? null, entry, context.get(path) ?? null);
        });
    }
}

/** Whether a path of a container holds what a build of today's context puts there. */
function holds(actual: TreeEntry | null, wanted: Entry, source: ContextEntry | null): boolean {
    if (actual === null || source === null) return actual === null && source === null;
    if (actual.kind !== wanted.kind) return false;
    if (actual.kind === 'symlink') return actual.target === wanted.target;
    if (actual.mode !== wanted.mode) return false;
    // What is known of a large file is not comparable to a digest of the whole.
    return actual.kind !== 'file' || (source.blocks === null && actual.digest === source.digest);
}

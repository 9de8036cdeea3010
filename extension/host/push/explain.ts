import { relativeTo } from '../context/changes.js';
import { type ContextEntry, UNKNOWN_FILE } from '../context/entry.js';
import { tableOf } from '../core/contextTable.js';
import type { Plan, Planner } from '../core/planner.js';

/** What saving a file would do, if its content were new. Nothing stays changed in the core. */
export async function explainSave(
    planner: Planner,
    context: { readonly root: string; readonly entries: ReadonlyMap<string, ContextEntry> },
    path: string,
    complete: () => Promise<Plan>,
): Promise<Plan> {
    const below = relativeTo(context.root, path);
    const entry = context.entries.get(below);
    planner.changeContext(tableOf(new Map([[below, withNewContent(entry)]])), '');
    try {
        planner.startPush();
        return await complete();
    } finally {
        const real = entry === undefined ? [] : [[below, entry] as const];
        planner.changeContext(tableOf(new Map(real)), entry === undefined ? below : '');
    }
}

/** The same file with a digest that no content has. */
function withNewContent(entry: ContextEntry | undefined): ContextEntry {
    const other = entry?.digest === UNKNOWN_FILE.digest ? '1'.repeat(64) : UNKNOWN_FILE.digest;
    return { ...UNKNOWN_FILE, ...entry, digest: other };
}

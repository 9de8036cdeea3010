import type { ActionView, Changes, PlanView } from '../api.js';
import type { Outline, Plan } from '../core/planner.js';

/** A plan as a person sees it. */
export function viewOf(plan: Plan, outline: Outline): PlanView {
    return {
        actions: plan.actions.map(
            ({ id, kind, stage, title, lines, why, conditional }): ActionView => ({
                id,
                kind: kind.kind,
                stage,
                stageName: outline.stages[stage]?.name ?? null,
                title,
                lines,
                why,
                conditional,
            }),
        ),
        inexact: plan.inexact,
        restarts: plan.restarts,
    };
}

/** Why a push began, where nobody said. */
export function reasonOf(changes: Changes | undefined): string {
    if (changes === undefined) return 'The whole context was looked at';
    const paths = [...changes.updated, ...changes.deleted];
    const [first] = paths;
    if (first === undefined) return 'pending changes';
    return paths.length === 1
        ? `${first} changed`
        : `${first} and ${paths.length - 1} more changed`;
}

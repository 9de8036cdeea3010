/** How many scenarios each engine gets right, by kind: a table, and `.cache/compare.json`. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { ensureBase } from '../harness/base.js';
import type { Engine } from '../harness/engine.js';
import { engines } from '../harness/engines.js';
import { runScenario } from '../harness/runScenario.js';
import type { Scenario } from '../harness/scenario.js';
import { scenarios } from '../kinds/all.js';

interface Result {
    readonly kind: string;
    readonly scenario: string;
    readonly engine: string;
    readonly failures: readonly string[];
}

/** `--kind copying`, `--contender ours` or `--only PATTERN` (of names) for a part of it. */
const wantedKind = process.env['LIVEPUSH_KIND'];
const wantedName = new RegExp(process.env['LIVEPUSH_ONLY'] ?? '');
const wantedEngine = process.env['LIVEPUSH_CONTENDER'];

test('compare', { timeout: 3_600_000 }, async () => {
    await ensureBase();
    const chosen = scenarios.filter(({ kind, name }) => {
        return (wantedKind === undefined || kind === wantedKind) && wantedName.test(name);
    });
    const taking = engines().filter(
        ({ key }) => wantedEngine === undefined || key === wantedEngine,
    );
    const results = await runAll(chosen, taking);
    print(results, taking);
    fs.mkdirSync('.cache', { recursive: true });
    const report = { date: new Date().toISOString(), results };
    fs.writeFileSync('.cache/compare.json', JSON.stringify(report, null, 4));
    expect(results).toHaveLength(chosen.length * taking.length);
});

/** Three at a time: one waits for the daemon while another compares. */
async function runAll(chosen: readonly Scenario[], taking: readonly Engine[]): Promise<Result[]> {
    const work = chosen.flatMap((scenario) => taking.map((engine) => ({ scenario, engine })));
    const results: Result[] = [];
    const next = work.values();
    const worker = async (): Promise<void> => {
        for (const { scenario, engine } of next) {
            const { kind, name } = scenario;
            const failures = await attempt(scenario, engine);
            results.push({ kind, scenario: name, engine: engine.key, failures });
            const mark = failures.length === 0 ? '✓' : '✗';
            console.log(
                [`${mark} ${engine.key} · ${kind} · ${name}`, ...failures].join('\n      '),
            );
        }
    };
    await Promise.all([worker(), worker(), worker()]);
    return results;
}

/** What is counted is equality with a build, not how a push got there. */
function trees(scenario: Scenario): Scenario {
    const steps = scenario.steps.map(({ runs: _, restarts: __, ...step }) => step);
    return { ...scenario, steps };
}

/** A scenario that is itself wrong is told apart, and the others still run. */
async function attempt(scenario: Scenario, engine: Engine): Promise<readonly string[]> {
    try {
        return await runScenario(trees(scenario), engine);
    } catch (error) {
        return [`THE SCENARIO IS WRONG: ${error instanceof Error ? error.message : String(error)}`];
    }
}

function print(results: readonly Result[], taking: readonly Engine[]): void {
    const kinds = [...new Set(results.map(({ kind }) => kind)), 'all'];
    const figures = (engine: Engine, kind: string): string => {
        const of = results.filter((result) => {
            return result.engine === engine.key && (kind === 'all' || result.kind === kind);
        });
        return `${of.filter(({ failures }) => failures.length === 0).length} of ${of.length}`;
    };
    const rows = kinds.map((kind) => [kind, ...taking.map((engine) => figures(engine, kind))]);
    const head = ['kind', ...taking.map(({ title }) => title)];
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
}

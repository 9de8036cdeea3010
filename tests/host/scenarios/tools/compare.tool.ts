/** How many scenarios each engine gets right, by kind: a table, in README too, and `.cache/compare.json`. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { ensureBase } from '../harness/base.js';
import { docker } from '../harness/daemon.js';
import type { Engine } from '../harness/engine.js';
import { engines } from '../harness/engines.js';
import { runScenario } from '../harness/runScenario.js';
import type { Kind, Scenario } from '../harness/scenario.js';
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
/** Those that README compares; the others only when they are asked for. */
const COMPARED = ['ours', 'npm'];

test('compare', { timeout: 3 * 3_600_000 }, async () => {
    await ensureBase();
    const chosen = scenarios.filter(({ kind, name }) => {
        return (wantedKind === undefined || kind === wantedKind) && wantedName.test(name);
    });
    const taking = engines().filter(({ key }) => {
        return wantedEngine === undefined ? COMPARED.includes(key) : key === wantedEngine;
    });
    const results = await runAll(chosen, taking);
    const version = (await docker.version()).Version;
    const table = tableOf(results, taking);
    console.log(table);
    fs.mkdirSync('.cache', { recursive: true });
    const date = new Date().toISOString();
    fs.writeFileSync('.cache/compare.json', JSON.stringify({ date, version, results }, null, 4));
    // A part says nothing of the whole.
    const isWhole = chosen.length === scenarios.length && wantedEngine === undefined;
    if (isWhole) writeReadme(`On ${date.slice(0, 10)}, with Docker ${version}:\n\n${table}`);
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

/** What README calls the kinds. */
const TITLES: Readonly<Record<Exclude<Kind, 'generated'>, string>> = {
    readme: 'examples as in a README',
    copying: 'copying',
    'own-context': 'steps in their own context',
    'multi-stage': 'several stages',
    buildkit: 'BuildKit’s features',
    dockerignore: '`.dockerignore`',
    sequences: 'sequences of edits',
    ownership: 'owners and modes',
    deletions: 'deletions and renames',
    directives: 'directives',
    archives: 'archives',
    'special-files': 'pipes, hard links, capabilities, odd names',
};

function tableOf(results: readonly Result[], taking: readonly Engine[]): string {
    const figures = (engine: Engine, kind: string | null): string => {
        const of = results.filter((result) => {
            return result.engine === engine.key && (kind === null || result.kind === kind);
        });
        return `${of.filter(({ failures }) => failures.length === 0).length} of ${of.length}`;
    };
    const kinds = Object.entries(TITLES).filter(([kind]) => results.some((r) => r.kind === kind));
    const rows = kinds.map(([kind, title]) => [title, ...taking.map((e) => figures(e, kind))]);
    const head = ['kind of project', ...taking.map(({ title }) => title)];
    const all = ['all', ...taking.map((engine) => `**${figures(engine, null)}**`)];
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map(() => '---')), ...rows.map(line), line(all)].join('\n');
}

const MARKS = ['<!-- compare: written by npm run compare -->', '<!-- /compare -->'] as const;

function writeReadme(text: string): void {
    const readme = fs.readFileSync('README.md', 'utf8');
    const [before = '', rest] = readme.split(MARKS[0]);
    const after = rest?.split(MARKS[1])[1];
    if (after === undefined) throw new Error('README.md lacks the marks of the table');
    fs.writeFileSync('README.md', `${before}${MARKS[0]}\n\n${text}\n\n${MARKS[1]}${after}`);
}

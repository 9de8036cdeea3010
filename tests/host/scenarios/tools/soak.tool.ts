/**
 * Thousands of pushes in one session, with the container stopped and killed from outside in between:
 * `npm run soak -- --pushes 2000 --seed 7`. At the end the container is what a build gives, and
 * nothing is left over.
 */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { ensureBase } from '../harness/base.js';
import {
    apply,
    applyIfPossible,
    put,
    remove,
    rename,
    symlink,
    write,
    type Edit,
} from '../harness/context.js';
import { docker } from '../harness/daemon.js';
import { ourClass } from '../harness/classEngine.js';
import { messageOf } from '../harness/engine.js';
import type { Scenario } from '../harness/scenario.js';
import { setUp, type Stand } from '../harness/stand.js';
import { differences } from '../harness/tree.js';
import { list, report } from '../harness/watching.js';

const PROJECT: Scenario = {
    kind: 'generated',
    name: 'soak',
    files: { 'pkg.txt': 'p\n', 'src/0': '0\n', 'pages/0': '0\n' },
    dockerfile: `FROM livepush-base AS build
WORKDIR /w
COPY pkg.txt .
RUN cat pkg.txt pkg.txt > deps
FROM livepush-base
COPY --from=build /w/deps /deps
COPY src /src
RUN find /src -type f | sort > /list && cat /deps >> /list
#dev-cmd-live=sleep 2147483647
COPY pages /pages
`,
    ownCommand: true,
    steps: [],
};

/** A small generator of its own: a soak has to be the same again with the same seed. */
class Random {
    #state: number;

    public constructor(seed: number) {
        this.#state = seed >>> 0 || 1;
    }

    /** From 0 up to, but not including, `limit`. */
    public below(limit: number): number {
        this.#state ^= this.#state << 13;
        this.#state ^= this.#state >>> 17;
        this.#state ^= this.#state << 5;
        return (this.#state >>> 0) % limit;
    }
}

/** Mostly pages, which are copied and nothing more; sometimes what a step or a stage depends on. */
function someEdit(random: Random, turn: number): Edit {
    const directory = random.below(20) === 0 ? 'src' : 'pages';
    const where = `${directory}/${random.below(40)}`;
    switch (random.below(10)) {
        case 0:
            return remove(where);
        case 1:
            return rename(where, `${directory}/${random.below(40)}`);
        case 2:
            return put(where, symlink(`../${turn}`));
        case 3:
            return random.below(10) === 0
                ? write('pkg.txt', `${turn}\n`)
                : write(`${where}.d/${random.below(3)}`, `${turn}\n`);
        default:
            return write(where, `${turn}\n`.repeat(random.below(100)), 0o644);
    }
}

interface Tally {
    pushes: number;
    interruptions: number;
    refused: number;
    readonly refusals: Map<string, number>;
}

test('soak', { timeout: 4 * 3_600_000 }, async () => {
    const pushes = Number(process.env['LIVEPUSH_PUSHES'] ?? 2000);
    const seed = Number(process.env['LIVEPUSH_SEED'] ?? 1);
    await ensureBase();
    const before = await labelled();
    const stand = await setUp(PROJECT, ourClass());
    const tally: Tally = { pushes: 0, interruptions: 0, refused: 0, refusals: new Map() };
    const memory: number[] = [];
    let differing: string[];
    try {
        const random = new Random(seed);
        for (let turn = 1; turn <= pushes; turn += 1) {
            await oneTurn(stand, random, turn, tally);
            if (turn % Math.ceil(pushes / 20) === 0) {
                memory.push(usedMegabytes());
                const resident = Math.round(process.memoryUsage().rss / 1e6);
                const held = `${memory.at(-1)} MB held, ${resident} MB resident`;
                console.log(`${turn} pushes, ${held}, ${openFiles()} files open`);
            }
        }
        await start(stand);
        await stand.session.push(['pages/0'], []);
        differing = differences(await stand.freshTree(), await stand.liveTree());
        const { ExecIDs } = await stand.live.inspect();
        console.log(`execs in the live container: ${(ExecIDs as string[] | null)?.length ?? 0}`);
    } finally {
        await stand.remove();
    }
    const leftOver = [...(await labelled())].filter((thing) => !before.has(thing));
    const refusals = Object.fromEntries(tally.refusals);
    console.log(JSON.stringify({ seed, ...tally, refusals, memory, leftOver }, null, 4));
    expect(differing).toEqual([]);
    expect(leftOver).toEqual([]);
});

/** One edit and its push; in one of fifty turns the container is stopped or killed meanwhile. */
async function oneTurn(stand: Stand, random: Random, turn: number, tally: Tally): Promise<void> {
    const old = list(stand.root);
    applyIfPossible(stand.root, someEdit(random, turn));
    if (!fs.existsSync(`${stand.root}/pages/0`)) apply(stand.root, write('pages/0', `${turn}\n`));
    const { updated, deleted } = report(old, list(stand.root), [], 'files');
    const work = stand.session.push(updated, deleted).catch((error: unknown) => {
        tally.refused += 1;
        const text = messageOf(error).replace(/[0-9a-f]{12,}/g, '…');
        tally.refusals.set(text, (tally.refusals.get(text) ?? 0) + 1);
    });
    tally.pushes += 1;
    if (random.below(50) === 0) {
        tally.interruptions += 1;
        await interrupt(stand, random);
        await work;
        await start(stand);
    }
    await work;
}

async function interrupt(stand: Stand, random: Random): Promise<void> {
    // A container that a push restarts just now may not be running; then this comes to nothing.
    if (random.below(2) === 0) await stand.live.kill().catch(() => undefined);
    else await stand.live.stop({ t: 0 }).catch(() => undefined);
}

async function start(stand: Stand): Promise<void> {
    const { State } = await stand.live.inspect();
    if (!State.Running) await stand.live.start();
}

/** Containers and images that carry a label of ours. Nobody else may use Livepush meanwhile. */
async function labelled(): Promise<Set<string>> {
    const ours = (labels: Record<string, string> | null): boolean =>
        Object.keys(labels ?? {}).some((label) => label.includes('livepush'));
    const containers = await docker.listContainers({ all: true });
    const images = await docker.listImages({ all: true });
    return new Set([
        ...containers.filter(({ Labels }) => ours(Labels)).map(({ Id }) => `container ${Id}`),
        ...images.filter(({ Labels }) => ours(Labels)).map(({ Id }) => `image ${Id}`),
    ]);
}

/** What JavaScript and WebAssembly hold; how much of what is free the process keeps is V8's affair. */
function usedMegabytes(): number {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return Math.round((heapUsed + external) / 1e4) / 100;
}

function openFiles(): number {
    return fs.readdirSync('/proc/self/fd').length;
}

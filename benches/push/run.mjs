/** Measures every change with every contender, interleaved in one run, on equal containers. */
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as rest } from 'node:timers/promises';
import { changes } from './changes.mjs';
import { contenders } from './contenders.mjs';
import { createProject } from './project.mjs';
import { median } from './report.mjs';

const require = createRequire(import.meta.url);

/** Milliseconds of rest before each push. */
const SETTLE = 200;

/** Results: for each change, for each contender its times in milliseconds, or why it failed. */
export async function measure(say, only) {
    const Docker = require('dockerode');
    // Node's own connections, which stay open, for all of them alike.
    const docker = new Docker();
    // One that was ended in the middle of a push may leave promises behind.
    process.on('unhandledRejection', (error) => say(`    left by a contender: ${reason(error)}`));
    const results = [];
    for (const change of changes) {
        if (only !== undefined && !change.name.includes(only)) continue;
        say(`measuring: ${change.name}`);
        const times = await measureChange(docker, change);
        results.push({ change: change.name, times });
        say(`    ${inShort(times)}`);
    }
    return results;
}

function inShort(times) {
    const measured = Object.entries(times).filter(([, value]) => value.length > 0);
    const parts = measured.map(([name, value]) =>
        Array.isArray(value) ? `${name} ${median(value).toFixed(1)} ms` : `${name} fails: ${value}`,
    );
    return parts.join(', ');
}

async function measureChange(docker, change) {
    const runners = [];
    const times = {};
    for (const [name, open] of Object.entries(contenders)) {
        const folder = createProject(change);
        times[name] = [];
        try {
            const opened = await open(docker, folder, change);
            if (opened === null) rmSync(folder, { recursive: true });
            else runners.push({ name, folder, opened });
        } catch (error) {
            times[name] = reason(error);
            rmSync(folder, { recursive: true, force: true });
        }
    }
    // The first round warms everything up and is not counted.
    for (let round = 0; round <= change.rounds; round++) {
        const turn = runners.slice(round % runners.length);
        for (const runner of [...turn, ...runners.slice(0, round % runners.length)]) {
            if (!Array.isArray(times[runner.name]) || enough(times[runner.name])) continue;
            try {
                const milliseconds = await once(change, runner, round);
                if (round > 0) times[runner.name].push(milliseconds);
            } catch (error) {
                times[runner.name] = reason(error);
                // What it still has under way would be measured with the others.
                await runner.opened.close().catch(() => undefined);
            }
        }
    }
    for (const { opened, folder } of runners) {
        await opened.close().catch(() => undefined);
        rmSync(folder, { recursive: true, force: true });
    }
    return times;
}

/** Whoever takes seconds for a push is not measured as often. */
function enough(times) {
    return times.reduce((sum, time) => sum + time, 0) > 15_000;
}

/** One edit, timed until the container has it; whether it has it is then looked at. */
async function once(change, { name, folder, opened }, round) {
    // What another contender does after its push is not to be measured here.
    await rest(SETTLE);
    if (change.before) {
        const state = change.before(folder, round);
        // The bare calls know only the change that is measured, so the rest is put there for them.
        if (name === 'floor') await change.restore(opened.container, folder);
        else await opened.push(state);
    }
    const edited = change.edit(folder, round + 1);
    const begin = performance.now();
    await within(90_000, opened.push(edited));
    const milliseconds = performance.now() - begin;
    await check(change, opened.container);
    return milliseconds;
}

/** Gives up on a push that does not end. */
async function within(milliseconds, work) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(
            () => reject(new Error(`no end after ${milliseconds} ms`)),
            milliseconds,
        );
    });
    try {
        await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** A push that did not do its work must not be called quick. */
async function check(change, container) {
    const { State } = await container.inspect();
    if (!State.Running) throw new Error('the container does not run');
    if (change.gone === undefined) return;
    const there = await container.infoArchive({ path: change.gone }).then(
        () => true,
        () => false,
    );
    if (there) throw new Error('the container still has what was deleted');
}

const reason = (error) => String(error.message ?? error).split('\n')[0];

/** A table for people and an object for programs, of medians and their ratios. */

export const median = (times) => {
    const sorted = times.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Medians, and how many times the floor each is. */
export function summarise(results) {
    return results.map(({ change, times }) => {
        const medians = Object.entries(times).map(([name, value]) => [
            name,
            Array.isArray(value) && value.length > 0 ? median(value) : null,
        ]);
        const floor = medians.find(([name]) => name === 'floor')?.[1];
        const contenders = medians.map(([name, milliseconds]) => ({
            name,
            milliseconds: milliseconds === null ? null : round(milliseconds),
            timesTheFloor: milliseconds === null ? null : round(milliseconds / floor),
            failure: typeof times[name] === 'string' ? times[name] : null,
            rounds: milliseconds === null ? 0 : times[name].length,
        }));
        return { change, contenders };
    });
}

const round = (value) => Math.round(value * 100) / 100;

export function table(summary) {
    const names = summary[0]?.contenders.map(({ name }) => name) ?? [];
    const head = `| change | ${names.map((name) => `${name} (ms)`).join(' | ')} | ours ÷ floor | ours ÷ npm |`;
    const rule = `| --- |${' ---: |'.repeat(names.length + 2)}`;
    const rows = summary.map(({ change, contenders }) => {
        const by = (name) => contenders.find((one) => one.name === name)?.milliseconds ?? null;
        const cells = contenders.map(({ milliseconds, failure }) =>
            failure === null ? (milliseconds?.toFixed(1) ?? '') : `fails: ${failure.slice(0, 40)}`,
        );
        const ratio = (a, b) => (a === null || b === null ? '' : (a / b).toFixed(2));
        const ratios = [
            ratio(by('livepush'), by('floor')),
            ratio(by('livepush'), by('npm livepush')),
        ];
        return `| ${[change, ...cells, ...ratios].join(' | ')} |`;
    });
    return [head, rule, ...rows].join('\n');
}

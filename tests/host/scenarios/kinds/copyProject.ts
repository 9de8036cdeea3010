/** The project that the scenarios of copying share. */
import { write, type Entry } from '../harness/context.js';
import { scenariosOf, type Scenario, type Step } from '../harness/scenario.js';

export const SRC = {
    'src/a.js': 'a\n',
    'src/b.js': 'b\n',
    'src/style.css': 'c\n',
    'src/sub/c.js': 'sub c\n',
    'src/sub/deep/d.js': 'deep d\n',
};

export const editA = write('src/a.js', 'a, edited\n');

type Copy = (
    name: string,
    lines: readonly string[],
    files: Readonly<Record<string, Entry>>,
    ...steps: Step[]
) => void;

/** What collects scenarios of copying; `copy` puts its lines after FROM and `WORKDIR /app`. */
export function copies(): {
    readonly all: Scenario[];
    readonly scenario: ReturnType<typeof scenariosOf>['scenario'];
    readonly copy: Copy;
} {
    const { all, scenario } = scenariosOf('copying');
    const copy: Copy = (name, lines, files, ...steps) => {
        const dockerfile = ['FROM livepush-base', 'WORKDIR /app', ...lines];
        scenario(name, { files, dockerfile, steps });
    };
    return { all, scenario, copy };
}

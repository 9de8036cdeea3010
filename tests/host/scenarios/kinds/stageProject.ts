/** The project that the scenarios of several stages share. */
import { write, type Entry } from '../harness/context.js';
import { push, scenariosOf, type Scenario, type Step } from '../harness/scenario.js';

export const SRC = {
    'src/a.txt': 'a\n',
    'src/b.txt': 'b\n',
    'src/sub/c.txt': 'c\n',
    'last.txt': 'l\n',
};
export const EDIT_A = push(write('src/a.txt', 'A\n'));

/** A first stage with the sources in `/b/src`, and the start of the last one. */
export const BUILD = ['FROM livepush-base AS build', 'WORKDIR /b', 'COPY src src'];
export const LAST = 'FROM livepush-base';

type Stages = (
    name: string,
    dockerfile: readonly string[],
    steps?: readonly Step[],
    files?: Readonly<Record<string, Entry>>,
) => void;

/** What collects scenarios of several stages. */
export function stagings(): {
    readonly all: Scenario[];
    readonly scenario: ReturnType<typeof scenariosOf>['scenario'];
    readonly stages: Stages;
} {
    const { all, scenario } = scenariosOf('multi-stage');
    const stages: Stages = (name, dockerfile, steps = [EDIT_A], files = SRC) => {
        scenario(name, { files, dockerfile, steps });
    };
    return { all, scenario, stages };
}

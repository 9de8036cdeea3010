/** What a scenario is: a small project, edits to it, and what must hold after each of them. */
import type { Edit, Entry } from './context.js';

export type Kind =
    | 'readme'
    | 'copying'
    | 'own-context'
    | 'multi-stage'
    | 'buildkit'
    | 'dockerignore'
    | 'sequences'
    | 'ownership'
    | 'deletions'
    | 'directives'
    | 'archives'
    | 'special-files'
    | 'generated';

/** How a watcher words what happened: every file, or only the topmost directory that came or went. */
export type Report = 'files' | 'tops';

export interface Step {
    readonly edits: readonly Edit[];
    readonly report?: Report;
    /** Paths are given absolute, as some front ends do. */
    readonly absolute?: boolean;
    /** The edit leaves the result of a build as it is. */
    readonly noChange?: boolean;
    /** A build of the context fails after this edit: the container is looked at after the next one. */
    readonly breaks?: boolean;
    /** Nobody thought about what it does: it may break the build, or change nothing. */
    readonly generated?: boolean;
    /** The container is stopped before the edits, and stays so until a push or the next step starts it. */
    readonly down?: boolean;
    /** Whether the push has to restart the container. */
    readonly restarts?: boolean;
    /** How many RUN commands the push carries out. */
    readonly runs?: number;
}

/** A path that is not compared, and everything below it. */
export interface Exemption {
    readonly path: string;
    readonly reason: string;
}

export interface Scenario {
    readonly kind: Kind;
    readonly name: string;
    readonly files: Readonly<Record<string, Entry>>;
    readonly dockerfile: string;
    readonly buildArgs?: Readonly<Record<string, string>>;
    readonly steps: readonly Step[];
    readonly exempt?: readonly Exemption[];
    /** Why it is not compared which names are one file; their contents are. */
    readonly apart?: string;
    /** Known to come out wrong, and why; the test says when it no longer does. */
    readonly unsolved?: string;
    /** What is being mended that it needs; until then no test holds it, `npm run compare` shows it. */
    readonly pending?: string;
    /** Why Docker's own calls cannot do it; where the helper cannot run, the push must say so. */
    readonly needsHelper?: string;
    /** Run the image's own command instead of one that idles. */
    readonly ownCommand?: boolean;
    /** Everyone is told of the context by way of a symbolic link. */
    readonly linkedContext?: boolean;
    /** What BuildKit would take from its cache is not what a fresh build gives. */
    readonly noCache?: boolean;
    /** Stages that cannot be built, by index; a build that does not need them succeeds. */
    readonly unbuildable?: readonly number[];
}

type Body = Omit<Scenario, 'kind' | 'name' | 'dockerfile'> & {
    readonly dockerfile: string | readonly string[];
};

/** Makes a function that collects the scenarios of one kind. */
export function scenariosOf(kind: Kind): {
    readonly all: Scenario[];
    readonly scenario: (name: string, body: Body) => void;
} {
    const all: Scenario[] = [];
    const scenario = (name: string, body: Body): void => {
        const { dockerfile } = body;
        const text = typeof dockerfile === 'string' ? dockerfile : `${dockerfile.join('\n')}\n`;
        all.push({ ...body, kind, name, dockerfile: text });
    };
    return { all, scenario };
}

/** The edits between two pushes. */
export function push(...edits: Edit[]): Step {
    return { edits };
}

/** The same, with what is expected of the push or how it is reported. */
export function pushWith(options: Omit<Step, 'edits'>, ...edits: Edit[]): Step {
    return { ...options, edits };
}

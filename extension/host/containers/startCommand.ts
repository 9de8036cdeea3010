/** The instruction that says what the containers of a stage run. */
import type Docker from 'dockerode';
import type { Lines } from '../api.js';
import { core } from '../core/wasm.js';
import { lackedShell, noShell } from '../docker/missingShell.js';
import type { LivepushError } from '../common/errors.js';
import { hasInit } from '../helper/init.js';

export interface CommandInstruction {
    /** The directive, where it is one that stands in the file. */
    readonly text: string;
    /** In the Dockerfile as it is written, directives and all. */
    readonly lines: Lines;
}

export function commandOf(text: string, stage: number): CommandInstruction | null {
    const live = core().liveDockerfile(text);
    const original = core().liveLineMap(text);
    const ofStage = core()
        .parse(live)
        .instructions.filter((instruction) => instruction.stage === stage);
    // Of the two it is the ENTRYPOINT that is run, and CMD at most its arguments.
    const found =
        ofStage.findLast(({ keyword }) => keyword === 'ENTRYPOINT') ??
        ofStage.findLast(({ keyword }) => keyword === 'CMD');
    if (found === undefined) return null;
    const { firstLine, lastLine, keyword, arguments: words } = found;
    const lines = [original[firstLine - 1] ?? 1, original[lastLine - 1] ?? 1] as const;
    const written = text.split(/\r?\n/u)[lines[0] - 1]?.trim() ?? '';
    const isDirective = written.startsWith('#');
    return { text: isDirective ? written : `${keyword} ${words.join(' ')}`, lines };
}

/** That a container cannot run its command, which is written for a shell that it lacks; null if it can. */
export async function shellProblem(
    container: Docker.Container,
    inspected: Docker.ContainerInspectInfo,
    command: () => CommandInstruction | null,
): Promise<LivepushError | null> {
    const shell = await lackedShell(container, wordsOf(inspected));
    if (shell === null) return null;
    const instruction = command();
    return noShell(shell, instruction?.text ?? null, { lines: instruction?.lines ?? null });
}

/** What a container runs, whether or not that is its first process. */
export function wordsOf(container: Docker.ContainerInspectInfo): readonly string[] {
    const { Path: program, Args: words } = container;
    return hasInit(container) ? words.slice(words.indexOf('--') + 1) : [program, ...words];
}

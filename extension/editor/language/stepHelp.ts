/** What sets a step off and whether it restarts the container, from the core's parse of the file. */
import * as vscode from 'vscode';
import type { ParsedDockerfile, ParsedInstruction } from '../../host/core/wasm.js';
import type { Lines } from '../../host/api.js';

export interface StepHelp {
    readonly lines: Lines;
    readonly sentences: readonly string[];
}

const liveCommand = 'dev-cmd-live';

export function stepHelpAt(parsed: ParsedDockerfile, line: number): StepHelp | null {
    const instruction = parsed.instructions.find(
        ({ firstLine, lastLine }) => firstLine <= line && line <= lastLine,
    );
    if (instruction === undefined) return null;
    const trigger = triggerOf(instruction);
    if (trigger === null) return null;
    const lines = [instruction.firstLine, instruction.lastLine] as const;
    const dropped = droppedOf(parsed, instruction);
    if (dropped !== null) return { lines, sentences: [dropped] };
    return { lines, sentences: [trigger, restartOf(parsed, instruction)] };
}

function triggerOf(instruction: ParsedInstruction): string | null {
    const { t } = vscode.l10n;
    switch (instruction.keyword) {
        case 'COPY':
        case 'ADD': {
            const sources = instruction.arguments.slice(0, -1).join(', ');
            const from = instruction.flags.find(({ name }) => name === 'from')?.value;
            return from === undefined || from === null
                ? t('Carried out when {0} in the build context changes.', sources)
                : t('Carried out when {0} in {1} changes.', sources, from);
        }
        case 'RUN':
            return t('Carried out again when a step before it in its stage is.');
        case 'WORKDIR':
            return t('Makes the folder where it is missing.');
        default:
            return null;
    }
}

/** Why an instruction is not part of the live Dockerfile, or null where it is. */
function droppedOf(parsed: ParsedDockerfile, instruction: ParsedInstruction): string | null {
    const { t } = vscode.l10n;
    const line = liveLineOf(parsed);
    if (line === null || instruction.firstLine < line) return null;
    const stageEnd = parsed.instructions.find(
        ({ keyword, firstLine }) => keyword === 'FROM' && firstLine > line,
    );
    if (stageEnd !== undefined && instruction.firstLine >= stageEnd.firstLine) {
        return t('Not part of the live Dockerfile: its stage comes after the live command.');
    }
    return instruction.keyword === 'RUN'
        ? t('Not part of the live Dockerfile: it comes after the live command.')
        : null;
}

/** The live rules: only a COPY after the live command leaves the container running. */
function restartOf(parsed: ParsedDockerfile, instruction: ParsedInstruction): string {
    const { t } = vscode.l10n;
    const line = liveLineOf(parsed);
    if (line === null) {
        return t(
            'Without #dev-cmd-live, every push that changes something restarts the application.',
        );
    }
    return instruction.firstLine < line
        ? t('Restarts the application.')
        : t('Does not restart the application.');
}

function liveLineOf(parsed: ParsedDockerfile): number | null {
    const live = parsed.devDirectives.find(({ known }) => known === liveCommand);
    return live === undefined ? null : live.span.start.line + 1;
}

import type { RunCommand } from '../core/planner.js';

/** A command as npm `livepush` names it: what the shell is given, or the words of the exec form. */
export function commandText({ argv, text }: RunCommand): string {
    const written = text.replace(/^RUN\s+(?:--\S+\s+)*/iu, '');
    const isExecForm = written.startsWith('[') && isWordList(written);
    return isExecForm || argv.length < 2 ? argv.join(' ') : (argv.at(-1) ?? '');
}

/** A shell's `[ -f x ] && …` begins with a bracket too. */
function isWordList(text: string): boolean {
    try {
        return Array.isArray(JSON.parse(text));
    } catch {
        return false;
    }
}

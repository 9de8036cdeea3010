/** A Dockerfile for each of the stages of another. */

/**
 * The text up to the end of every stage but the last: a build of it gives that stage's image. Not
 * `--target`, which takes no index, and of two stages with the same name the later one.
 */
export function stageDockerfiles(dockerfile: string): string[] {
    const lines = dockerfile.split('\n');
    const starts: number[] = [];
    let end: string | null = null;
    for (const [index, line] of lines.entries()) {
        if (end !== null) {
            if (line.trim() === end) end = null;
            continue;
        }
        end = /^\s*(?:RUN|COPY|ADD)\s.*<<-?["']?(\w+)["']?/i.exec(line)?.[1] ?? null;
        if (/^\s*FROM\s/i.test(line)) starts.push(index);
    }
    return starts.slice(1).map((start) => `${lines.slice(0, start).join('\n')}\n`);
}

/** How `docker build --target` names each stage of a Dockerfile. */

/** The name of every stage, or its index where it has none. Heredocs with a FROM in them are not looked into. */
export function stageTargets(dockerfile: string): string[] {
    const targets: string[] = [];
    let end: string | null = null;
    for (const line of dockerfile.split('\n')) {
        if (end !== null) {
            if (line.trim() === end) end = null;
            continue;
        }
        end = /^\s*(?:RUN|COPY|ADD)\s.*<<-?["']?(\w+)["']?/i.exec(line)?.[1] ?? null;
        const from = /^\s*FROM\s+(.*)$/i.exec(line)?.[1];
        if (from === undefined) continue;
        targets.push(/\sAS\s+(\S+)/i.exec(from)?.[1] ?? String(targets.length));
    }
    return targets;
}

/** The process that reads trees: `readTree.py`, started once and asked one question after another. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Tree, Node } from './tree.js';

/** The directories of layers, the topmost last, and what is mounted over them. */
export interface Layers {
    readonly layers: readonly string[];
    readonly mounts: Readonly<Record<string, string>>;
}

/** A container that only the docker command line can read. */
export interface Copied {
    readonly client: string;
    readonly container: string;
}

interface Answer {
    readonly id: number;
    readonly tree?: Readonly<Record<string, Node>>;
    readonly error?: string;
}

interface Reader {
    readonly ask: (question: Layers | Copied) => Promise<Tree>;
}

let reader: Reader | undefined;

/** Reads a tree in a language and by calls that Livepush does not use. */
export function readTree(question: Layers | Copied): Promise<Tree> {
    reader ??= startReader();
    return reader.ask(question);
}

function startReader(): Reader {
    const program = fileURLToPath(new URL('readTree.py', import.meta.url));
    const child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const waiting = new Map<number, (answer: Answer) => void>();
    createInterface({ input: child.stdout }).on('line', (line) => {
        const answer = JSON.parse(line) as Answer;
        waiting.get(answer.id)?.(answer);
        waiting.delete(answer.id);
    });
    // Its input ends with this process, and so does it.
    child.unref();
    const ended = once(child, 'exit').then(() => {
        throw new Error('the reader of trees has ended; it needs python3 of version 3.11');
    });
    ended.catch(() => undefined);
    let count = 0;
    const ask = async (question: Layers | Copied): Promise<Tree> => {
        const id = ++count;
        const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
        child.stdin.write(`${JSON.stringify({ id, ...question })}\n`);
        const { tree, error } = await Promise.race([answered, ended]);
        if (tree === undefined) throw new Error(`reading a tree failed: ${error ?? ''}`);
        return new Map(Object.entries(tree));
    };
    return { ask };
}

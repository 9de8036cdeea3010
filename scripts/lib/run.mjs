/** Running programs and talking to the person at the terminal, for the scripts beside. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What takes long to make and is kept between runs; several checkouts may share one. */
export const cache = process.env.LIVEPUSH_CACHE ?? join(root, '.cache');
mkdirSync(cache, { recursive: true });

/** What a person has to do before a script can go on; shown as one line, without a stack. */
export class Problem extends Error {}

/** Says what is being done, and how long it may take where that is long. */
export function say(what) {
    process.stdout.write(`livepush: ${what}\n`);
}

/** Runs `main`, and turns what goes wrong into one line and an exit code. */
export async function script(main) {
    try {
        process.exitCode = (await main()) ?? 0;
    } catch (error) {
        const text = error instanceof Problem ? error.message : firstLine(error);
        process.stderr.write(`livepush: ${text}\n`);
        process.exitCode = 1;
    }
}

function firstLine(error) {
    if (process.env.LIVEPUSH_DEBUG) return error.stack;
    return `${String(error.message ?? error).split('\n')[0]} (LIVEPUSH_DEBUG=1 shows where)`;
}

/** Whether a program of that name answers. */
export function has(program, ...args) {
    return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** The output of a program that must succeed. */
export function output(program, args, options = {}) {
    const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
    if (result.error) throw new Problem(`${program} cannot be started: ${result.error.message}`);
    if (result.status !== 0) {
        throw new Problem(`${program} ${args[0] ?? ''} failed: ${reason(result.stderr)}`);
    }
    return result.stdout;
}

/** Runs a program with its output on the terminal; resolves with its exit code. */
export function show(program, args, options = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            cwd: root,
            stdio: ['ignore', 'inherit', 'inherit'],
            ...options,
        });
        child.once('error', (error) => {
            reject(new Problem(`${program} cannot be started: ${error.message}`));
        });
        child.once('close', (code, signal) => {
            resolve(code ?? (signal ? 1 : 0));
        });
    });
}

/** Runs a program quietly; when it fails, the last of its output says why. */
export function quiet(program, args, options = {}) {
    return new Promise((resolve, reject) => {
        const { hint, input, ...rest } = options;
        const child = spawn(program, args, { cwd: root, ...rest, stdio: ['pipe', 'pipe', 'pipe'] });
        let tail = '';
        const keep = (data) => {
            tail = (tail + data).slice(-8000);
        };
        child.stdout.on('data', keep);
        child.stderr.on('data', keep);
        child.stdin.on('error', () => {});
        child.stdin.end(input);
        child.once('error', (error) => {
            reject(new Problem(hint ?? `${program} cannot be started: ${error.message}`));
        });
        child.once('close', (code) => {
            if (code === 0) return resolve();
            if (process.env.LIVEPUSH_DEBUG || process.env.CI) process.stderr.write(`${tail}\n`);
            const why = `${program} ${args[0] ?? ''} failed: ${reason(tail)}`;
            reject(new Problem(hint ? `${hint} (${why})` : why));
        });
    });
}

/** The line that most likely says why: the first that speaks of an error, else the last. */
function reason(text) {
    // eslint-disable-next-line no-control-regex -- that is what a terminal's colours begin with
    const plain = (text ?? '').replace(/\u001B\[[\d;]*m/g, '');
    // npm first says where it was, each as an error of its own.
    const where = /^npm error (?:code|path|command) |^npm error WARNING/;
    const lines = plain.split('\n').filter((line) => line.trim() !== '' && !where.test(line));
    const line = lines.find((each) => /\berror\b|^E: |cannot|unable to|\bfailed\b/i.test(each));
    return (line ?? lines.at(-1) ?? 'it gave no reason').trim().slice(0, 300);
}

/** The core's pure functions, ready whenever somebody calls one. */
import { core, type AnalysisOptions, type Diagnostics, type ParsedDockerfile } from './wasm.js';

/** Instructions with keyword, flags, arguments, heredocs and lines; mistakes are in `errors`. */
export function parse(text: string): ParsedDockerfile {
    return core().parse(text);
}

/** Expands variables, quotes and escapes in a word. Throws where a build would fail. */
export function expandWord(
    word: string,
    env: Readonly<Record<string, string>>,
    escape?: string,
): string {
    return core().expandWord(word, env, escape);
}

/** The Dockerfile that is built where the `#dev-…` directives count. */
export function liveDockerfile(text: string): string {
    return core().liveDockerfile(text);
}

/** For each line of the live Dockerfile the line of the original, both from 1. */
export function liveLineMap(text: string): Uint32Array {
    return core().liveLineMap(text);
}

/** Whether a path matches a COPY source pattern. Throws for a bad pattern. */
export function matchPath(pattern: string, name: string): boolean {
    return core().matchPath(pattern, name);
}

/** Whether a `.dockerignore` keeps a path out of the context. Throws where a build would fail. */
export function isIgnored(dockerignore: string, path: string): boolean {
    return core().isIgnored(dockerignore, path);
}

/** What is wrong with directives, and with what a push can make of the file, with fixes. */
export function analyze(text: string, options?: AnalysisOptions): Diagnostics {
    return core().analyze(text, options);
}

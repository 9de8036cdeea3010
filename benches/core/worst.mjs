/**
 * The worst texts that are known for each pure function of the core, as functions of their size.
 * `node benches/core/worst.mjs` prints what they cost; a test holds each to growing no faster than
 * its input.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildCountingWasm } from '../../scripts/wasm.mjs';

const lines = (count, line) => Array.from({ length: count }, (_, at) => line(at)).join('');
const image = 'FROM a\n';

/** Dockerfiles by name: the number is about that of lines or words. */
export const dockerfiles = {
    instructions: (n) => image + 'RUN a\n'.repeat(n),
    'unknown instructions': (n) => 'FRMO a\n'.repeat(n),
    stages: (n) => lines(n, (at) => `FROM a AS b${at}\n`),
    'stages made from each other': (n) =>
        'FROM a AS b0\n' +
        lines(n, (at) => `FROM b${at} AS b${at + 1}\nENV v${at}=1\nEXPOSE ${at}\n`),
    'stages made from one with many variables': (n) =>
        'FROM a AS b\n' + lines(n, (at) => `ENV v${at}=1\n`) + 'FROM b\nRUN x\n'.repeat(n),
    'triggers in many stages': (n) =>
        'FROM a AS b\n' + 'ONBUILD RUN x\n'.repeat(n) + 'FROM b\n'.repeat(n),
    'copies from stages': (n) =>
        lines(n, (at) => `FROM a AS b${at}\n`) + lines(n, (at) => `COPY --from=b${at} x /y\n`),
    'arguments that double': (n) =>
        'ARG a0=0123456789\n' + lines(n, (at) => `ARG a${at + 1}=$a${at}$a${at}\n`) + image,
    'variables that double': (n) =>
        image + 'ENV a0=0123456789\n' + lines(n, (at) => `ENV a${at + 1}=$a${at}$a${at}\n`),
    'uses of a long value': (n) =>
        `${image}ENV a=${'x'.repeat(n)}\n` + 'COPY $a $a /y\n'.repeat(n / 8),
    variables: (n) => image + lines(n, (at) => `ENV v${at}=1\n`),
    'pairs of one variable instruction': (n) =>
        image + 'ENV ' + lines(n, (at) => `v${at}=$v${at} `),
    'variables and commands': (n) => image + lines(n, (at) => `ENV v${at}=1\nRUN x\n`),
    'a long shell and commands': (n) =>
        `${image}SHELL ["${'x'.repeat(n)}"]\nUSER ${'x'.repeat(n)}\n` + 'RUN x\n'.repeat(n),
    'relative directories': (n) => image + 'WORKDIR a\n'.repeat(n),
    ports: (n) => image + lines(n, (at) => `EXPOSE ${at}\n`),
    'ports of one instruction': (n) => image + 'EXPOSE ' + lines(n, (at) => `${at} `),
    'unclosed heredocs': (n) => image + 'RUN <<E\n'.repeat(n),
    'unclosed heredocs of many names': (n) => image + lines(n, (at) => `RUN <<E${at}\n`),
    'unclosed heredocs without instructions': (n) => image + 'run <<E\n'.repeat(n),
    'unclosed heredocs that stand apart': (n) => image + 'RUN << E\n'.repeat(n),
    'ends of heredocs behind tabs': (n) => image + 'RUN <<E\n'.repeat(n) + '\tE\n'.repeat(n),
    'heredocs of one line': (n) => image + 'RUN x ' + '<<E '.repeat(n) + '\n' + 'E\n'.repeat(n),
    'unclosed heredocs of one line': (n) => image + 'RUN x ' + '<<E '.repeat(n) + '\n',
    'heredocs apart of one line': (n) => image + 'RUN x ' + '<< E '.repeat(n) + '\n',
    'words of a JSON array': (n) => image + 'CMD ["a"' + ',"a"'.repeat(n) + ']\n',
    'open JSON arrays': (n) => image + 'CMD ' + '['.repeat(n) + '\n',
    'surrogates in JSON': (n) => image + 'CMD ["' + '\\ud83d'.repeat(n) + '"]\n',
    'carriage returns': (n) => image + 'RUN a' + '\r'.repeat(n) + '\n',
    'lines with carriage returns': (n) => image + 'RUN a\r\n'.repeat(n),
    'carriage returns alone': (n) => image + 'RUN a\r'.repeat(n),
    blanks: (n) => image + ' '.repeat(n) + '\n' + '\n'.repeat(n),
    'blanks in front of comments': (n) => ' '.repeat(n) + '# a\n' + image,
    comments: (n) => '#\n'.repeat(n) + image,
    'comments in an instruction': (n) => image + 'RUN a \\\n' + '# c\n'.repeat(n) + 'b\n',
    continuations: (n) => image + 'RUN ' + 'a \\\n'.repeat(n) + 'b\n',
    'empty continuations': (n) => image + 'RUN a ' + '\\\n'.repeat(n) + 'b\n',
    'words in continuations': (n) => image + 'COPY ' + 'a \\\n'.repeat(n) + 'b\n',
    escapes: (n) => image + 'RUN ' + '\\'.repeat(n) + '\n',
    mounts: (n) => image + 'RUN ' + '--mount=type=cache,target=/a '.repeat(n) + 'x\n',
    'fields of a mount': (n) => image + 'RUN --mount=type=cache' + ',target=/a'.repeat(n) + ' x\n',
    flags: (n) => image + 'COPY ' + '--exclude=a '.repeat(n) + 'a /b\n',
    'excludes that match little': (n) => image + 'COPY ' + '--exclude=**/a*b '.repeat(n) + 'a /b\n',
    sources: (n) => image + 'COPY ' + 'a '.repeat(n) + '/b\n',
    'sources with classes': (n) => image + 'COPY ' + '[a-z]*'.repeat(n) + ' /b\n',
    'deep sources': (n) => image + 'COPY ' + 'a/../'.repeat(n) + ' /b\n',
    'characters beyond ASCII': (n) => image + 'LABEL ' + 'ä=ö '.repeat(n) + '\n',
    'nested triggers': (n) => image + 'ONBUILD '.repeat(n) + 'RUN x\n',
    'nested substitutions': (n) => image + 'ENV a=' + '${a:-'.repeat(n) + '}'.repeat(n) + '\n',
    'substitutions side by side': (n) => image + 'ENV a=' + '${b:-${c:-x}}'.repeat(n) + '\n',
    'patterns in substitutions': (n) =>
        `${image}ENV a=${'a'.repeat(n)}\nENV b=` + '${a##*a*b}'.repeat(n / 8) + '\n',
    quotes: (n) => image + 'ENV a=' + `"'`.repeat(n) + '\n',
    dollars: (n) => image + 'ENV a=' + '$'.repeat(n) + '\n',
    directives: (n) => image + '#dev-run=a\n'.repeat(n),
    'directives in an instruction': (n) => image + 'RUN a \\\n' + '#dev-run=a\n'.repeat(n) + 'b\n',
    'directives in instructions': (n) => image + 'RUN a \\\n#dev-run=a\nb\n'.repeat(n),
    'directives before the first stage': (n) => '#dev-run=a\n'.repeat(n) + image,
    'unknown directives': (n) => image + '#dev-rnu=a\n'.repeat(n),
    'live commands': (n) => image + '#dev-cmd-live=a\n'.repeat(n),
    'commands below the live command': (n) => `${image}#dev-cmd-live=a\n` + 'RUN a\n'.repeat(n),
    'stages below the live command': (n) =>
        `${image}#dev-cmd-live=a\n` + 'FROM a\nCMD a\n'.repeat(n),
    'entrypoints of stages': (n) =>
        'FROM a AS b0\n' + lines(n, (at) => `FROM b${at} AS b${at + 1}\n`) + '#dev-cmd-live=a\n',
    'hidden parser directives': (n) => '#dev-run=a\n'.repeat(n) + '# escape=`\n'.repeat(n) + image,
    'checks and directives': (n) =>
        `# check=experimental=all\n${image}` + '#dev-run=a\nARG a\n'.repeat(n),
    'random commands': (n) => image + 'RUN ' + 'date; '.repeat(n) + '\n',
    'words that look random': (n) => image + 'RUN ' + 'xdate mktemp=1 $RAND '.repeat(n) + '\n',
    'temporary files': (n) => image + 'RUN ' + lines(n, (at) => `t${at}=$(mktemp); `) + '\n',
    'temporary files that are removed': (n) =>
        image + 'RUN ' + lines(n, (at) => `t${at}=$(mktemp); `) + lines(n, (at) => `rm $t${at}; `),
};

/** Sizes from which on a limit of the core holds; below, the cost may grow faster than the size. */
const limited = {
    'uses of a long value': 8192,
    'relative directories': 4096,
    'patterns in substitutions': 4096,
};

/** Words to expand by name. */
export const words = {
    plain: (n) => 'a'.repeat(n),
    variables: (n) => '$a'.repeat(n),
    nested: (n) => '${b:-'.repeat(n) + '}'.repeat(n),
    'nested with values': (n) => '${b:-$a'.repeat(n) + '}'.repeat(n),
    unclosed: (n) => '${b:-'.repeat(n),
    'unclosed quotes': (n) => `"$a'`.repeat(n),
    replacements: (n) => '${a//x/$a}'.repeat(n),
    'removed prefixes': (n) => '${a##*x*y}'.repeat(n),
    'removed suffixes': (n) => '${a%%x*y*}'.repeat(n),
    escapes: (n) => '\\'.repeat(n),
    digits: (n) => '$' + '0'.repeat(n),
};

/** Ignore files by name, with the path that is asked for. */
export const ignoreFiles = {
    names: (n) => lines(n, (at) => `n${at}\n`),
    extensions: (n) => lines(n, (at) => `**/*.n${at}\n`),
    exceptions: (n) => lines(n, (at) => `n${at}\n!n${at}/a\n`),
    stars: (n) => '*a'.repeat(n) + '\n',
    'patterns with stars': (n) => '*a*b*c*d\n'.repeat(n),
    'patterns with classes': (n) => '[a-z]*[0-9]\n'.repeat(n),
    'double stars': (n) => '**/'.repeat(n) + 'a\n',
    assertions: (n) => 'a' + '^'.repeat(n) + '\n',
    classes: (n) => '[' + 'a-z'.repeat(n) + ']\n',
    comments: (n) => '#\n'.repeat(n),
    parents: (n) => 'a/../'.repeat(n) + 'b\n',
};

/** Patterns of COPY by name, each with a name to match. */
export const patterns = {
    stars: (n) => ['*a'.repeat(n), 'a'.repeat(64)],
    'stars and a long name': (n) => ['*a*b*c', 'a'.repeat(n)],
    classes: (n) => ['[a-z]'.repeat(n), 'a'.repeat(64)],
    escapes: (n) => ['\\a'.repeat(n), 'a'.repeat(64)],
};

const context = {
    paths: Array.from({ length: 500 }, (_, at) => `a/b${at % 20}/c${at}`),
    dockerignore: '**/*.md\n!README.md\n',
};

/** Every pure function with every input: name, a size to begin with, and the call for a size. */
export function worstCases(core) {
    const environment = { a: 'x'.repeat(64) };
    const quietly = (call) => {
        try {
            call();
        } catch (error) {
            // A refusal is an answer; a module that is broken is none.
            if (error instanceof globalThis.WebAssembly.RuntimeError) throw error;
        }
    };
    const all = (name, inputs, size, call) =>
        Object.entries(inputs).map(([input, make]) => ({
            name: `${name}: ${input}`,
            size: limited[input] ?? size,
            bytes: (n) => [make(n)].flat().join('').length,
            call: (n) => {
                const made = make(n);
                return () => quietly(() => call(made));
            },
        }));
    return [
        ...all('parse', dockerfiles, 500, (text) => core.parse(text)),
        ...all('analyze', dockerfiles, 500, (text) => core.analyze(text, { context })),
        ...all('liveDockerfile', dockerfiles, 500, (text) => core.liveDockerfile(text)),
        ...all('liveLineMap', dockerfiles, 500, (text) => core.liveLineMap(text)),
        ...all('session', dockerfiles, 500, (text) => session(core, text)),
        ...all('expandWord', words, 1000, (word) => core.expandWord(word, environment)),
        ...all('isIgnored', ignoreFiles, 1000, (text) => core.isIgnored(text, 'a/b/c/d.md')),
        ...all('matchPath', patterns, 1000, ([pattern, name]) => core.matchPath(pattern, name)),
    ];
}

function session(core, dockerfile) {
    const settings = { dockerfile, target: null, buildArgs: {}, currentBuilder: true };
    const made = new core.CoreSession({ ...settings, platform: null });
    try {
        made.outline();
    } finally {
        made.free();
    }
}

/** The core in a form that counts its steps, and the count so far. */
export async function countingCore() {
    const folder = await buildCountingWasm();
    const core = await import(pathToFileURL(join(folder, 'livepush.js')).href);
    const { steps, memory } = core.initSync({
        module: readFileSync(join(folder, 'livepush_bg.wasm')),
    });
    return { core, steps: () => Number(steps.value), memory: () => memory.buffer.byteLength };
}

/** What a case costs at a size. */
export function measured(counting, one, size) {
    const call = one.call(size);
    const before = counting.steps();
    const begin = performance.now();
    call();
    const milliseconds = performance.now() - begin;
    return { steps: counting.steps() - before, milliseconds, bytes: one.bytes(size) };
}

async function main() {
    const wanted = process.argv[2] ?? '';
    const counting = await countingCore();
    const cases = worstCases(counting.core).filter(({ name }) => name.includes(wanted));
    console.log('| input | bytes | steps per byte | at twice the size | ms |');
    console.log('| --- | --- | --- | --- | --- |');
    for (const one of cases) {
        const small = measured(counting, one, one.size);
        const large = measured(counting, one, 2 * one.size);
        const perByte = ({ steps, bytes }) => Math.round(steps / bytes);
        const row = [one.name, large.bytes, perByte(small), perByte(large)];
        console.log(`| ${[...row, large.milliseconds.toFixed(1)].join(' | ')} |`);
    }
    console.log(`memory at the end: ${Math.round(counting.memory() / 2 ** 20)} MB`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();

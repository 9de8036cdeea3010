/** What the core costs as the extension loads it, beside npm livepush where that does the same. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as compiled from '../../pkg/livepush.js';
import { median } from '../push/report.mjs';

const require = createRequire(import.meta.url);
const pkg = fileURLToPath(new URL('../../pkg', import.meta.url));
const rounds = 7;

/** Medians in milliseconds by name. */
export function measureCore() {
    compiled.initSync({ module: readFileSync(join(pkg, 'livepush_bg.wasm')) });
    const loads = Array.from({ length: rounds }, load);
    const paths = manyPaths();
    const cases = { ...reading(), ...ignoring(paths), ...planning(paths), ...peer(paths) };
    const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
    // Interleaved, so that a busy moment of the machine falls on all; the first round warms up.
    for (let round = 0; round <= rounds; round++) {
        for (const [name, run] of Object.entries(cases)) {
            const time = run(round);
            if (round > 0) times[name].push(time);
        }
    }
    const medians = Object.entries(times).map(([name, all]) => [name, median(all)]);
    return Object.fromEntries([['compile and instantiate', median(loads)], ...medians]);
}

function timed(run) {
    const begin = performance.now();
    run();
    return performance.now() - begin;
}

/** In a process of its own, since V8 remembers what it has compiled. */
function load() {
    const code = `
        import { readFileSync } from 'node:fs';
        import { initSync } from ${JSON.stringify(join(pkg, 'livepush.js'))};
        const module = readFileSync(${JSON.stringify(join(pkg, 'livepush_bg.wasm'))});
        const begin = performance.now();
        initSync({ module });
        process.stdout.write(String(performance.now() - begin));`;
    const options = { encoding: 'utf8' };
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], options);
    return Number(stdout);
}

const stage = `FROM node:20
ARG VERSION=1.2.3
ENV APP=/app PORT="80 80"
WORKDIR $APP
COPY --chown=1000:1000 package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    npm ci
COPY ["src", "./src/"]
LABEL org.example.version="\${VERSION}"
USER node
`;

function reading() {
    const text = stage.repeat(200);
    return {
        'parse 2,000 lines': () => timed(() => compiled.parse(text)),
        'model 2,000 lines': () => timed(() => open(text).free()),
    };
}

function open(dockerfile) {
    return new compiled.CoreSession({
        ...{ dockerfile, target: null, buildArgs: {}, currentBuilder: true, platform: null },
    });
}

/** One call for each path, as the walk of the context makes them. */
function ignoring(paths) {
    const session = open('FROM busybox');
    session.setIgnore(readFileSync(new URL('../fifty.dockerignore', import.meta.url), 'utf8'));
    return {
        'ignore 100,000 paths by 50 patterns': () =>
            timed(() => paths.filter((path) => session.isIgnored(path)).length),
    };
}

const steps = Array.from({ length: 22 }, (_, at) => `COPY packages/p${at} /app/p${at}\n`);
const copying = `FROM busybox\n${steps.join('')}CMD ["true"]\n`;

function manyPaths() {
    const kinds = ['index.ts', 'style.css', 'view.test.js', 'data.json'];
    return Array.from({ length: 100_000 }, (_, at) => {
        const [stage, folder] = [Math.floor(at / 4600), Math.floor(at / 50) % 100];
        return `packages/p${stage}/src/d${folder}/f${at}.${kinds[at % 4]}`;
    });
}

/** Rows of the context; every round brings other contents. */
function table(paths, round) {
    const digest = round.toString(16).padStart(64, '0');
    return {
        paths: paths.join('\0'),
        kinds: new Uint8Array(paths.length),
        modes: new Uint32Array(paths.length).fill(0o644),
        sizes: new Float64Array(paths.length).fill(100),
        digests: paths.map(() => digest).join('\0'),
        targets: '\0'.repeat(paths.length - 1),
    };
}

function planning(paths) {
    const session = open(copying);
    session.learnImage('busybox', {
        ...{ env: [], workingDir: '', user: '', shell: [], onBuild: [] },
    });
    session.setContext(table(paths, 0));
    // No step takes any of these, so that each of them has to be looked at.
    const strangers = paths.map((path) => `other/${path}`);
    return {
        'livepushNeeded, 100,000 paths': () =>
            timed(() => session.livepushNeeded(strangers.join('\0'), '')),
        'what 100,000 changes mean': (round) =>
            timed(() => session.changeContext(table(paths, round + 1), '')),
        'plan of 100,000 changes': () => timed(() => session.plan()),
    };
}

/** The same call answers whether a push is needed and what it does. */
function peer(paths) {
    const { Dockerfile } = require('npm-livepush');
    const dockerfile = new Dockerfile(copying);
    return {
        'npm livepush, 100,000 paths': () =>
            timed(() => dockerfile.getActionGroupsFromChangedFiles(paths)),
    };
}

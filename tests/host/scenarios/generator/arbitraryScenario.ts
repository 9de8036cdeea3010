/** Random projects: Dockerfiles of one to four stages, contexts of few names, up to eight edits. */
import fc from 'fast-check';
import { symlink, type Edit, type Entry } from '../harness/context.js';
import type { Scenario, Step } from '../harness/scenario.js';

/** Few names, so that edits meet each other and the instructions. */
const DIRECTORIES = ['d', 'd/s', 'e', 'e/s'];
const NAMES = ['a', 'b', 'c.x'];

const someDirectory = fc.constantFrom(...DIRECTORIES);
const someName = fc.constantFrom(...NAMES);
const somePath = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(someDirectory, someName).map((parts) => parts.join('/')) },
    { weight: 1, arbitrary: fc.constantFrom('top', 'a') },
);
const someText = fc.integer({ min: 0, max: 5 }).map((n) => `${n}\n`.repeat(n));
const someMode = fc.constantFrom(0o644, 0o755, 0o600);
const someTarget = fc.constantFrom('a', '../e/a', 's', '/etc/motd', 'nowhere');

const someEntry: fc.Arbitrary<Entry> = fc.oneof(
    {
        weight: 5,
        arbitrary: fc.record({
            kind: fc.constant('file' as const),
            content: someText,
            mode: someMode,
        }),
    },
    { weight: 1, arbitrary: someTarget.map(symlink) },
);

const someEdit: fc.Arbitrary<Edit> = fc.oneof(
    {
        weight: 5,
        arbitrary: fc.record({ op: fc.constant('put' as const), path: somePath, entry: someEntry }),
    },
    {
        weight: 3,
        arbitrary: fc.record({
            op: fc.constant('remove' as const),
            path: fc.oneof(somePath, someDirectory),
        }),
    },
    {
        weight: 2,
        arbitrary: fc.record({
            op: fc.constant('rename' as const),
            path: fc.oneof(somePath, someDirectory),
            to: fc.oneof(somePath, fc.constantFrom('d/n', 'e/n', 'f')),
        }),
    },
    {
        weight: 1,
        arbitrary: fc.record({ op: fc.constant('chmod' as const), path: somePath, mode: someMode }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('touch' as const), path: somePath }) },
    {
        weight: 1,
        arbitrary: fc.record({
            op: fc.constant('put' as const),
            path: fc.constant('.dockerignore'),
            entry: fc.constantFrom('d/s\n', '**/a\n', '**\n!d\n', 'e/*\n!e/b\n', ''),
        }),
    },
);

const someStep: fc.Arbitrary<Step> = fc.record({
    edits: fc.array(someEdit, { minLength: 1, maxLength: 3 }),
    report: fc.constantFrom('files' as const, 'tops' as const),
    generated: fc.constant(true),
});

const someDestination = fc.constantFrom(
    '/w/',
    '/w/x',
    '/w/x/',
    '.',
    './n/',
    '/srv/',
    '/etc/motd',
    '/link/',
    '/y/z',
);
const someFlags = fc.constantFrom(
    '',
    '',
    '',
    '',
    '--chown=app ',
    '--chown=7:8 ',
    '--chmod=750 ',
    '--link ',
);

const someCopy = fc
    .record({
        flags: someFlags,
        source: fc.constantFrom(
            'd',
            'd/',
            'd/s',
            'e',
            '.',
            'd/a',
            'd/*',
            'd/?',
            'e/*.x',
            '*',
            'd/a e/b',
            'd e',
        ),
        to: someDestination,
    })
    .map(({ flags, source, to }) => `COPY ${flags}${source} ${to}`);

/** Commands that succeed whatever is there, and whose result is a function of what is there. */
const someRun = fc
    .constantFrom(
        'find /w -type f | sort > /list',
        'find /w /srv -type f | sort | xargs cat > /sum',
        'cat /w/* /w/x/* 2>/dev/null | wc -l >> /log; true',
        'mkdir -p made && cp -r /w/. made/ 2>/dev/null; true',
        'rm -rf /w/s /w/x/a; true',
        'for f in /w/*; do test -f $f && cp $f $f.o; done; true',
        'chmod -R go-w /w; chown -R app:www /srv',
        'ln -sf /srv /w/l; true',
        'mv /w/a /w/moved 2>/dev/null; true',
        'if grep -q 3 /w/a 2>/dev/null; then mkdir -p /k/d; else mkdir -p /k && echo f > /k/f; fi',
        'env | grep ^V= > env; id -u >> env; pwd >> env; true',
        'test -e /once || echo once >> /once',
    )
    .map((command) => `RUN ${command}`);

const someSetting = fc.constantFrom(
    'WORKDIR sub',
    'WORKDIR /w',
    'ENV V=1',
    'ARG V=2',
    'ENV V=${V}3',
);

const someInstructions = (stage: number): fc.Arbitrary<string[]> => {
    const instructions = [
        { weight: 5, arbitrary: someCopy },
        { weight: 4, arbitrary: someRun },
        { weight: 1, arbitrary: someSetting },
    ];
    if (stage > 0) {
        const taking = fc
            .record({
                from: fc.integer({ min: 0, max: stage - 1 }),
                flags: someFlags,
                source: fc.constantFrom('/w', '/w/', '/w/*', '/srv', '/w/x*'),
                to: someDestination,
            })
            .map(({ from, flags, source, to }) => `COPY --from=s${from} ${flags}${source} ${to}`);
        instructions.push({ weight: 5, arbitrary: taking });
    }
    return fc.array(fc.oneof(...instructions), { minLength: 1, maxLength: 5 });
};

/** Every stage has what others may take, so that most of the generated Dockerfiles can be built. */
const PROLOGUE = ['WORKDIR /w', 'RUN mkdir -p /srv /w/x && ln -sfn /srv /link'];

const someStage = (stage: number): fc.Arbitrary<string[]> =>
    fc
        .record({
            base: fc.integer({ min: -4, max: stage - 1 }),
            instructions: someInstructions(stage),
        })
        .map(({ base, instructions }) => [
            `FROM ${base < 0 ? 'livepush-base' : `s${base}`} AS s${stage}`,
            ...PROLOGUE,
            ...instructions,
        ]);

const someDockerfile = fc
    .integer({ min: 1, max: 4 })
    .chain((stages) => fc.tuple(...Array.from({ length: stages }, (_, index) => someStage(index))))
    .map((stages) => `${stages.flat().join('\n')}\n`);

const someFiles: fc.Arbitrary<Record<string, Entry>> = fc
    .array(fc.tuple(somePath, someEntry), { maxLength: 4 })
    .map((extra) => ({ 'd/a': '1\n', 'd/s/a': '2\n', 'e/b': '3\n', ...Object.fromEntries(extra) }));

export const someScenario: fc.Arbitrary<Scenario> = fc.record({
    kind: fc.constant('generated' as const),
    name: fc.constant('generated'),
    files: someFiles,
    dockerfile: someDockerfile,
    steps: fc.array(someStep, { minLength: 1, maxLength: 8 }),
});

/** Random Dockerfiles of one to four stages. */
import fc from 'fast-check';
import { ARCHIVE } from './arbitraryContext.js';

/** Directories, files and links that are there and that are not, with a slash and without. */
const someDestination = fc.constantFrom(
    '/w/',
    '/w/x',
    '/w/x/',
    '.',
    './n/',
    './n',
    '/srv/',
    '/srv',
    '/etc/motd',
    '/link/',
    '/link',
    '/dangling',
    '/c',
    '/c/',
    '/c/a',
    '/y/z',
    '/y/z/',
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

const someSources = fc.constantFrom(
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
);

const someCopy = fc
    .record({ flags: someFlags, source: someSources, to: someDestination })
    .map(({ flags, source, to }) => `COPY ${flags}${source} ${to}`);

const someAdd = fc
    .record({
        flags: fc.constantFrom('', '', '--chown=app '),
        source: fc.constantFrom(ARCHIVE, ARCHIVE, 'x*', `${ARCHIVE} d/a`, 'd'),
        to: someDestination,
    })
    .map(({ flags, source, to }) => `ADD ${flags}${source} ${to}`);

/** Commands that succeed whatever is there, and whose result is a function of what is there. */
const someRun = fc
    .constantFrom(
        'find /w -type f | sort > /list',
        'find /w /srv -type f | sort | xargs cat > /sum 2>/dev/null; true',
        'cat /w/* /w/x/* 2>/dev/null < /dev/null | wc -l >> /log; true',
        'mkdir -p made && cp -r /w/. made/ 2>/dev/null; true',
        'rm -rf /w/s /w/x/a; true',
        'for f in /w/*; do test -f "$f" && cp "$f" "$f.o"; done; true',
        'chmod -R go-w /w; chown -R app:www /srv',
        'ln -sf /srv /w/l; true',
        'mv /w/a /w/moved 2>/dev/null; true',
        'if grep -q 3 /w/a 2>/dev/null; then mkdir -p /k/d; else mkdir -p /k && echo f > /k/f; fi',
        'env | grep ^V= > env; id -u >> env; pwd >> env; true',
        'test -e /once || echo once >> /once',
        'test -f /w/a && ln -f /w/a /w/again; true',
        'mkfifo /w/pipe /srv/pipe 2>/dev/null; true',
        'mv /usr/share/base/server /w/server 2>/dev/null; true',
        'rm -rf /c/a && mkdir -p /c/a',
    )
    .map((command) => `RUN ${command}`);

const someSetting = fc.constantFrom(
    'WORKDIR sub',
    'WORKDIR /w',
    'WORKDIR x/../y',
    'ENV V=1',
    'ARG V=2',
    'ENV V=${V}3',
);

const someInstructions = (stage: number): fc.Arbitrary<string[]> => {
    const instructions = [
        { weight: 5, arbitrary: someCopy },
        { weight: 2, arbitrary: someAdd },
        { weight: 4, arbitrary: someRun },
        { weight: 1, arbitrary: someSetting },
    ];
    if (stage > 0) {
        const taking = fc
            .record({
                from: fc.integer({ min: 0, max: stage - 1 }),
                flags: someFlags,
                source: fc.constantFrom('/w', '/w/', '/w/*', '/srv', '/w/x*', '/c', '/usr/share'),
                to: someDestination,
            })
            .map(({ from, flags, source, to }) => `COPY --from=s${from} ${flags}${source} ${to}`);
        instructions.push({ weight: 5, arbitrary: taking });
    }
    return fc.array(fc.oneof(...instructions), { minLength: 1, maxLength: 5 });
};

/**
 * Every stage has what others may take, so that most of the generated Dockerfiles can be built, and
 * files, directories and links for what is copied to clash with.
 */
const PROLOGUE = [
    'WORKDIR /w',
    'RUN mkdir -p /srv /w/x /c/b && echo c > /c/c.x && ln -sfn /srv /c/n && ln -sfn /srv /link && ln -sfn /y/to /dangling',
];

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

export const someDockerfile = (plain: boolean): fc.Arbitrary<string> =>
    fc
        .integer({ min: 1, max: 4 })
        .chain((count) =>
            fc.tuple(...Array.from({ length: count }, (_, index) => someStage(index))),
        )
        .map((stages) => stages.flat().filter((line) => !plain || !/^ADD |server/.test(line)))
        .map((lines) => `${lines.join('\n')}\n`);

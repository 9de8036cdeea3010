/** The `#dev-…` directives, and what restarts when. */
import { remove, write, type Entry } from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('directives');
export const directives = all;

const FILES = { 'pkg.txt': 'p\n', 'src/a.txt': 'a\n', 'src/b.txt': 'b\n', 'dev.txt': 'd\n' };
const LIVE = '#dev-cmd-live=sleep 2147483647';

function live(
    name: string,
    dockerfile: readonly string[],
    steps: readonly Step[],
    files: Readonly<Record<string, Entry>> = FILES,
): void {
    scenario(name, { files, dockerfile, steps, ownCommand: true });
}

const SERVER = 'CMD ["sleep", "2147483646"]';

live(
    'a copy after the live command does not restart',
    ['FROM livepush-base', 'COPY pkg.txt /', LIVE, 'COPY src /src', SERVER],
    [
        pushWith({ restarts: false }, write('src/a.txt', 'A\n')),
        pushWith({ restarts: true }, write('pkg.txt', 'q\n')),
        pushWith({ restarts: false }, remove('src/b.txt')),
    ],
);
live(
    'a file that is copied on both sides restarts',
    ['FROM livepush-base', 'COPY src /before', LIVE, 'COPY src /after', SERVER],
    [pushWith({ restarts: true }, write('src/a.txt', 'A\n'))],
);
live(
    'steps after the live command are not run',
    ['FROM livepush-base', LIVE, 'COPY src /src', 'RUN cat /src/*.txt > /all', SERVER],
    [pushWith({ restarts: false, runs: 0 }, write('src/a.txt', 'A\n'))],
);
live(
    'stages after the live command are cut off',
    [
        'FROM livepush-base AS dev',
        'COPY src /src',
        LIVE,
        'RUN cat /src/*.txt > /all',
        'FROM livepush-base',
        'COPY --from=dev /all /all',
        SERVER,
    ],
    [pushWith({ restarts: true, runs: 0 }, write('src/a.txt', 'A\n'))],
);
live(
    'a live command in the middle stage',
    [
        'FROM livepush-base AS one',
        'COPY pkg.txt /',
        'RUN cat /pkg.txt /pkg.txt > /two',
        'FROM livepush-base AS dev',
        'COPY --from=one /two /two',
        LIVE,
        'COPY src /src',
        'FROM scratch',
        'COPY --from=dev /src /src',
    ],
    [
        pushWith({ restarts: true, runs: 1 }, write('pkg.txt', 'q\n')),
        pushWith({ restarts: false, runs: 0 }, write('src/a.txt', 'A\n')),
    ],
);
live(
    'a step of development',
    [
        'FROM livepush-base',
        'COPY pkg.txt /',
        '#dev-run=cat /pkg.txt > /dev-was-here',
        LIVE,
        'COPY src /src',
        SERVER,
    ],
    [pushWith({ restarts: true, runs: 1 }, write('pkg.txt', 'q\n'))],
);
live(
    'a copy of development',
    ['FROM livepush-base', '#dev-copy=dev.txt /dev-settings', LIVE, 'COPY src /src', SERVER],
    [
        pushWith({ restarts: true }, write('dev.txt', 'D\n')),
        pushWith({ restarts: false }, write('src/a.txt', 'A\n')),
    ],
);
live(
    'a variable of development',
    [
        'FROM livepush-base',
        'ENV MODE=production',
        '#dev-env=MODE=development',
        'COPY pkg.txt /',
        'RUN echo $MODE > /mode; cat /pkg.txt >> /mode',
        LIVE,
        SERVER,
    ],
    [pushWith({ restarts: true, runs: 1 }, write('pkg.txt', 'q\n'))],
);
live(
    'other ways to write a directive',
    [
        'FROM livepush-base',
        '  ## DEV-RUN=echo 1 > /1',
        'COPY pkg.txt /',
        '#\tdev-copy=dev.txt /d/',
        '###dev-cmd-live=sleep 2147483647',
        'COPY src /src',
        SERVER,
    ],
    [
        pushWith({ restarts: true }, write('dev.txt', 'D\n')),
        pushWith({ restarts: false }, write('src/a.txt', 'A\n')),
    ],
);
live(
    'a comment that looks like one',
    ['FROM livepush-base', '# please dev-run=exit 1', '#dev-nothing=x', 'COPY src /src', SERVER],
    [pushWith({ restarts: true }, write('src/a.txt', 'A\n'))],
);
live(
    'a live command in the JSON form',
    [
        'FROM livepush-base',
        'COPY pkg.txt /',
        '#dev-cmd-live=["sleep", "2147483647"]',
        'COPY src /src',
        SERVER,
    ],
    [pushWith({ restarts: false }, write('src/a.txt', 'A\n'))],
);
live(
    'the directive at the very end',
    ['FROM livepush-base', 'COPY pkg.txt /', 'COPY src /src', SERVER, LIVE],
    [pushWith({ restarts: true }, write('src/a.txt', 'A\n'))],
);
live(
    'the directive after an entrypoint',
    [
        'FROM livepush-base',
        'ENTRYPOINT ["/bin/sh", "-c", "exec \\"$@\\"", "--"]',
        'COPY pkg.txt /',
        LIVE,
        'COPY src /src',
        SERVER,
    ],
    [
        pushWith({ restarts: false }, write('src/a.txt', 'A\n')),
        pushWith({ restarts: true }, write('pkg.txt', 'q\n')),
    ],
);
live(
    'a working directory after the live command',
    [
        'FROM livepush-base',
        LIVE,
        'WORKDIR /app',
        'COPY src .',
        'WORKDIR sub',
        'COPY pkg.txt .',
        SERVER,
    ],
    [
        pushWith({ restarts: false }, write('src/a.txt', 'A\n')),
        pushWith({ restarts: false }, write('pkg.txt', 'q\n')),
    ],
);
live(
    'an owner and variables after the live command',
    [
        'FROM livepush-base',
        'ENV D=/data',
        LIVE,
        'COPY --chown=app src $D/',
        'USER app',
        'WORKDIR $D',
        'COPY pkg.txt .',
        SERVER,
    ],
    [
        pushWith({ restarts: false }, write('src/a.txt', 'A\n')),
        pushWith({ restarts: false }, write('pkg.txt', 'q\n')),
    ],
);
live(
    'without a directive a change of any kind restarts',
    ['FROM livepush-base', 'COPY pkg.txt /', 'COPY src /src', SERVER],
    [
        pushWith({ restarts: true }, write('src/a.txt', 'A\n')),
        pushWith({ restarts: true }, remove('src/b.txt')),
        pushWith({ restarts: false, noChange: true }, write('other', 'o\n')),
    ],
);
live(
    'a step that fails restarts nothing',
    [
        'FROM livepush-base',
        'COPY pkg.txt /',
        'RUN ! grep bad /pkg.txt',
        LIVE,
        'COPY src /src',
        SERVER,
    ],
    [
        pushWith({ restarts: false, breaks: true, runs: 1 }, write('pkg.txt', 'bad\n')),
        pushWith({ restarts: true }, write('pkg.txt', 'good\n')),
    ],
);
live(
    'a copy from a stage on either side',
    [
        'FROM livepush-base AS build',
        'COPY src /s',
        'RUN cat /s/a.txt > /a && cat /s/b.txt > /b',
        'FROM livepush-base',
        'COPY --from=build /a /',
        LIVE,
        'COPY --from=build /b /',
        SERVER,
    ],
    [
        pushWith({ restarts: false }, write('src/b.txt', 'B\n')),
        pushWith({ restarts: true }, write('src/a.txt', 'A\n')),
    ],
);
scenario('what the application wrote stays', {
    files: FILES,
    dockerfile: [
        'FROM livepush-base',
        'COPY pkg.txt /',
        LIVE.replace(
            'sleep',
            'echo up >> /run.log; mkdir -p /var/own && echo x > /var/own/x; exec sleep',
        ),
        'COPY src /src',
        SERVER,
    ],
    exempt: [
        { path: '/run.log', reason: 'the application writes it' },
        { path: '/var/own', reason: 'the application writes it' },
    ],
    ownCommand: true,
    steps: [push(write('src/a.txt', 'A\n')), push(write('pkg.txt', 'q\n'))],
});

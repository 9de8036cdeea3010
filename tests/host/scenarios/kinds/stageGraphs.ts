/** Several stages: chains, diamonds, stages from stages, and what need not run. */
import { directory, file, put, remove, symlink, write } from '../harness/context.js';
import { push, pushWith } from '../harness/scenario.js';
import { BUILD, EDIT_A, LAST, SRC, stagings } from './stageProject.js';

const { all, scenario, stages } = stagings();
export const stageGraphs = all;

stages(
    'what comes out the same needs nothing more',
    [
        ...BUILD,
        'RUN grep -c . src/a.txt > /count',
        LAST,
        'COPY --from=build /count /count',
        'RUN cp /count /copy',
    ],
    [
        pushWith({ noChange: true, runs: 1 }, write('src/a.txt', 'other\n')),
        pushWith({ runs: 2 }, write('src/a.txt', 'x\ny\n')),
    ],
);
stages(
    'what is not taken does not matter',
    [...BUILD, LAST, 'COPY --from=build /b/src/sub /out', 'RUN cat /out/* > /all'],
    [
        pushWith({ noChange: true, runs: 0 }, write('src/a.txt', '!\n')),
        pushWith({ runs: 1 }, write('src/sub/c.txt', '!\n')),
    ],
);
stages('a step after the copy runs again', [
    ...BUILD,
    LAST,
    'COPY --from=build /b/src /out',
    'RUN cat /out/*.txt > /all',
]);
stages(
    'a step before the copy does not',
    [...BUILD, LAST, 'RUN echo base > /base', 'COPY --from=build /b/src /out', 'COPY last.txt /'],
    [
        pushWith({ runs: 0 }, write('src/a.txt', 'A\n')),
        pushWith({ runs: 0 }, write('last.txt', 'L\n')),
    ],
);

stages(
    'a chain of stages',
    [
        'FROM livepush-base AS one',
        'COPY src /s',
        'RUN cat /s/*.txt > /1',
        'FROM livepush-base AS two',
        'COPY --from=one /1 /1',
        'RUN cat /1 /1 > /2',
        'FROM livepush-base AS three',
        'COPY --from=two /2 /2',
        'RUN wc -c < /2 > /3',
        LAST,
        'COPY --from=three /3 /3',
        'COPY --from=one /1 /1',
    ],
    [push(write('src/a.txt', 'longer\n'))],
);
stages(
    'a diamond',
    [
        'FROM livepush-base AS base',
        'COPY src /s',
        'FROM base AS left',
        'RUN cat /s/a.txt > /left',
        'FROM base AS right',
        'RUN cat /s/b.txt > /right',
        LAST,
        'COPY --from=left /left /',
        'COPY --from=right /right /',
    ],
    [EDIT_A, push(write('src/b.txt', 'B\n'))],
);
stages(
    'a stage from a stage',
    [
        'FROM livepush-base AS base',
        'WORKDIR /w',
        'ENV WHO=base',
        'COPY src src',
        'FROM base',
        'RUN echo $WHO > who && cat src/a.txt >> who',
    ],
    [EDIT_A],
);
stages(
    'the last stage is made from another',
    [
        'FROM livepush-base AS base',
        'COPY src /s',
        'RUN cat /s/*.txt > /all',
        'FROM base',
        'COPY last.txt /',
    ],
    [EDIT_A, push(write('last.txt', 'L\n')), push(remove('src/b.txt'))],
);
stages(
    'three stages from each other',
    [
        'FROM livepush-base AS a',
        'ARG V=1',
        'COPY src/a.txt /a',
        'FROM a AS b',
        'USER app',
        'WORKDIR /home/app',
        'COPY src/b.txt .',
        'FROM b',
        'RUN echo $V > v && cat /a b.txt >> v',
    ],
    [EDIT_A, push(write('src/b.txt', 'B\n'))],
);
stages('a shell and a user are inherited', [
    'FROM livepush-base AS base',
    'SHELL ["/bin/sh", "-ec"]',
    'USER app',
    'FROM base',
    'COPY --chown=app src /tmp/s',
    'RUN echo $- > /tmp/flags; id -un >> /tmp/flags; cat /tmp/s/a.txt >> /tmp/flags',
]);
stages(
    'two stages of the same base',
    [
        'FROM livepush-base AS one',
        'COPY src/a.txt /f',
        'FROM livepush-base AS two',
        'COPY src/b.txt /f',
        LAST,
        'COPY --from=one /f /1',
        'COPY --from=two /f /2',
    ],
    [EDIT_A, push(write('src/b.txt', 'B\n'), write('src/a.txt', 'AA\n'))],
);
stages('an image that is no stage', [
    LAST,
    'COPY --from=busybox /bin/busybox /opt/bb',
    'COPY src /s',
]);
stages(
    'a stage that nothing needs',
    ['FROM livepush-base AS test', 'COPY src /s', 'RUN cat /s/*.txt', LAST, 'COPY src/b.txt /'],
    [
        pushWith({ noChange: true, runs: 0 }, write('src/a.txt', 'A\n')),
        pushWith({ runs: 0 }, write('src/b.txt', 'B\n')),
    ],
);
scenario('a stage that nothing needs and that fails', {
    files: SRC,
    dockerfile: ['FROM livepush-base AS test', 'COPY src /s', 'RUN exit 1', LAST, 'COPY src /s'],
    unbuildable: [0],
    steps: [EDIT_A],
});
stages(
    'a last stage of nothing but files',
    [
        'FROM livepush-base AS build',
        'COPY src /s',
        'RUN cat /s/*.txt > /all',
        'FROM scratch',
        'COPY --from=build /bin/busybox /bin/busybox',
        'COPY --from=build /all /',
        'COPY last.txt /etc/x/',
    ],
    [EDIT_A, push(write('last.txt', 'L\n')), push(remove('src/b.txt'))],
);
stages('more than ten stages', [
    ...Array.from({ length: 11 }, (_, i) => [
        `FROM livepush-base AS s${i}`,
        i === 0 ? 'COPY src /s' : `COPY --from=s${i - 1} /s /s`,
        `RUN echo ${i} >> /s/a.txt`,
    ]).flat(),
    LAST,
    'COPY --from=10 /s /s',
]);
stages(
    'another name of the stage than its image',
    ['FROM livepush-base AS busybox', 'COPY src /s', 'FROM busybox', 'COPY last.txt /'],
    [EDIT_A],
);
stages(
    'two stages taken in another order',
    [
        'FROM livepush-base AS x',
        'COPY src/a.txt /f',
        'FROM livepush-base AS y',
        'COPY src/b.txt /f',
        LAST,
        'COPY --from=y /f /1',
        'COPY --from=x /f /2',
    ],
    [push(write('src/b.txt', 'B\n'))],
);
stages(
    'copies of two stages into one directory',
    [
        'FROM livepush-base AS one',
        'COPY src/a.txt /d/same',
        'FROM livepush-base AS two',
        'COPY src/b.txt /d/same',
        LAST,
        'COPY --from=one /d /d',
        'COPY --from=two /d /d',
    ],
    [pushWith({ noChange: true }, write('src/a.txt', 'A\n')), push(write('src/b.txt', 'B\n'))],
);
stages(
    'context and stage into one directory',
    [...BUILD, 'RUN mkdir /o && cp src/a.txt /o/x', LAST, 'COPY src /d', 'COPY --from=build /o /d'],
    [push(write('src/x', 'of the context\n'), write('src/a.txt', 'A\n'))],
);
stages('a directory of the stage that is a link here', [
    ...BUILD,
    LAST,
    'RUN mkdir /real && ln -s /real /out',
    'COPY --from=build /b/src /out/',
]);
stages(
    'the stage removes what it copied',
    [...BUILD, 'RUN cat src/*.txt > all && rm -r src', LAST, 'COPY --from=build /b /b'],
    [EDIT_A, push(write('src/b.txt', 'B\n'))],
);
stages(
    'many files of a stage, one changed',
    ['FROM livepush-base AS build', 'COPY d /d', LAST, 'COPY --from=build /d /d'],
    [push(write('d/77', 'new\n'))],
    Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d/${i}`, `${i}\n`])),
);
stages('an owner given on the way', [
    ...BUILD,
    LAST,
    'COPY --from=build --chown=app:www /b/src /out',
]);
stages(
    'a file to a link and the other way round',
    [
        ...BUILD,
        'RUN if grep -q a src/a.txt; then cp src/b.txt /x; else ln -s /etc/motd /x; fi; mkdir /o; mv /x /o/',
        LAST,
        'COPY --from=build /o /o',
    ],
    [EDIT_A, push(write('src/a.txt', 'a\n'))],
);
stages(
    'an entry of the stage with its executable bit',
    [
        'FROM livepush-base AS build',
        'COPY run.sh /run.sh',
        LAST,
        'COPY --from=build /run.sh /usr/bin/',
    ],
    [push(put('run.sh', file('#!/bin/sh\n# 2\n', 0o700)))],
    { 'run.sh': file('#!/bin/sh\n', 0o755) },
);
stages(
    'an empty directory of the context through a stage',
    [...BUILD, LAST, 'COPY --from=build /b/src /out'],
    [push(put('src/hollow', directory(0o711)))],
);

// The generator of scenarios has found it.
stages(
    'entries of a stage by a wildcard, among them a link to an empty directory',
    [
        'FROM livepush-base AS build',
        'WORKDIR /w',
        'RUN mkdir -p /hollow && ln -s /hollow /w/l',
        'WORKDIR sub',
        'FROM build',
        'COPY src /w/',
        'COPY --from=build /w/* /w/',
    ],
    [push(put('src/a.txt', symlink('a.txt'))), EDIT_A],
);

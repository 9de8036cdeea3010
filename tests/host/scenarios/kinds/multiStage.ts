/** Several stages: what one takes from another. */
import { chmod, put, remove, rename, symlink, write } from '../harness/context.js';
import { push } from '../harness/scenario.js';
import { BUILD, EDIT_A, LAST, SRC, stagings } from './stageProject.js';

const { all, scenario, stages } = stagings();
export const multiStage = all;

stages('a file of another stage', [...BUILD, LAST, 'COPY --from=build /b/src/a.txt /a.txt']);
stages('a directory of another stage', [...BUILD, LAST, 'COPY --from=build /b/src /out']);
stages('a directory of another stage into one that is there', [
    ...BUILD,
    LAST,
    'COPY --from=build /b/src /usr/share/base',
]);
stages('by index', [...BUILD, LAST, 'COPY --from=0 /b/src /out']);
stages('by index, without a name', [
    'FROM livepush-base',
    'COPY src /s',
    LAST,
    'COPY --from=0 /s /out',
]);
stages('by a name in other letters', [
    'FROM livepush-base AS Build',
    'COPY src /s',
    LAST,
    'COPY --from=BUILD /s /out',
]);
stages('a path without a slash is from the root', [...BUILD, LAST, 'COPY --from=build b/src /out']);
stages(
    'a wildcard in another stage',
    [...BUILD, LAST, 'COPY --from=build /b/src/*.txt /out/'],
    [EDIT_A, push(write('src/n.txt', 'n\n'))],
);
stages(
    'a wildcard over directories of another stage',
    [...BUILD, LAST, 'COPY --from=build /b/* /out/'],
    [push(write('src/sub/c.txt', 'C\n'))],
);
stages('the whole of another stage', [
    'FROM scratch AS data',
    'COPY src /',
    LAST,
    'COPY --from=data / /data/',
]);
stages('an executable of another stage', [
    'FROM livepush-base AS build',
    'COPY src src',
    'RUN cat src/*.txt > /prog && chmod 751 /prog',
    LAST,
    'COPY --from=build /prog /usr/local/bin/',
]);
stages('under another name', [
    ...BUILD,
    LAST,
    'WORKDIR /w',
    'COPY --from=build /b/src/a.txt renamed',
]);
stages('owner and mode come along', [
    ...BUILD,
    'RUN chown -R app:www src && chmod 640 src/a.txt && chmod 750 src/sub',
    LAST,
    'COPY --from=build /b/src /out',
]);
scenario('links come along', {
    files: SRC,
    dockerfile: [
        ...BUILD,
        'RUN ln -s a.txt src/link && ln -s /nowhere src/dangling && ln src/a.txt src/hard',
        LAST,
        'COPY --from=build /b/src /out',
    ],
    steps: [EDIT_A],
});
stages('a link of another stage is followed', [
    ...BUILD,
    'RUN ln -s /b/src/a.txt /current',
    LAST,
    'COPY --from=build /current /out',
]);
stages('a link to a directory of another stage', [
    ...BUILD,
    'RUN ln -s b/src /current',
    LAST,
    'COPY --from=build /current /out',
]);
stages('a pipe of another stage', [
    ...BUILD,
    'RUN mkfifo src/pipe',
    LAST,
    'COPY --from=build /b/src /out',
]);
stages('an empty directory of another stage', [
    ...BUILD,
    'RUN mkdir src/empty',
    LAST,
    'COPY --from=build /b/src /out',
]);

stages(
    'what vanishes in the other stage',
    [...BUILD, LAST, 'COPY --from=build /b/src /out'],
    [push(remove('src/a.txt')), push(remove('src/sub'))],
);
stages(
    'what is renamed in the other stage',
    [...BUILD, LAST, 'COPY --from=build /b/src /out'],
    [push(rename('src/sub', 'src/moved'))],
);
stages(
    'what no longer comes out of the other stage',
    [
        ...BUILD,
        'RUN mkdir /dist && for f in src/*.txt; do cp $f /dist/$(basename $f).o; done',
        LAST,
        'COPY --from=build /dist /dist',
    ],
    [push(remove('src/a.txt')), push(write('src/x.txt', 'x\n'))],
);
stages(
    'a file of the other stage becomes a directory',
    [...BUILD, LAST, 'COPY --from=build /b/src /out'],
    [push(remove('src/a.txt'), write('src/a.txt/x', 'x\n'))],
);
stages(
    'a mode of the other stage',
    [...BUILD, LAST, 'COPY --from=build /b/src /out'],
    [push(chmod('src/a.txt', 0o755))],
);
stages(
    'a link of the other stage points elsewhere',
    [...BUILD, LAST, 'COPY --from=build /b/src /out'],
    [push(put('src/l', symlink('b.txt')))],
    { ...SRC, 'src/l': symlink('a.txt') },
);

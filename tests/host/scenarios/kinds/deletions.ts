/** What is deleted is gone, and what it covered is there again. */
import { directory, remove, rename, symlink, write, type Entry } from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('deletions');
export const deletions = all;

const TREE = {
    'src/a.txt': 'a\n',
    'src/b.txt': 'b\n',
    'src/sub/c.txt': 'c\n',
    'src/sub/deep/d.txt': 'd\n',
    'over/a.txt': 'over a\n',
};

function gone(
    name: string,
    lines: readonly string[],
    steps: readonly Step[],
    files: Readonly<Record<string, Entry>> = TREE,
): void {
    scenario(name, { files, dockerfile: ['FROM livepush-base', ...lines], steps });
}

const COPY = ['COPY src /app'];

gone('a file', COPY, [push(remove('src/a.txt'))]);
gone('a file that was pushed before', COPY, [
    push(write('src/a.txt', 'A\n')),
    push(remove('src/a.txt')),
]);
gone('a file of a nested directory', COPY, [push(remove('src/sub/c.txt'))]);
gone('the last file of a directory leaves the directory', COPY, [
    push(remove('src/sub/deep/d.txt')),
]);
gone('a directory, by its files', COPY, [push(remove('src/sub'))]);
gone('a directory, by its name alone', COPY, [pushWith({ report: 'tops' }, remove('src/sub'))]);
gone('a directory moves, by its names alone', COPY, [
    pushWith({ report: 'tops' }, rename('src/sub', 'src/moved')),
]);
gone('a link', COPY, [push(remove('src/link'))], { ...TREE, 'src/link': symlink('sub') });
gone('an empty directory', COPY, [push(remove('src/empty'))], {
    ...TREE,
    'src/empty': directory(),
});
gone('all files of a directory', COPY, [
    push(remove('src/a.txt'), remove('src/b.txt'), remove('src/sub')),
]);
gone(
    'many files',
    ['COPY d /app'],
    [push(...Array.from({ length: 200 }, (_, i) => remove(`d/${i}`)))],
    Object.fromEntries(Array.from({ length: 210 }, (_, i) => [`d/${i}`, `${i}\n`])),
);
gone(
    'a file that a later copy also brings stays',
    ['COPY src /app', 'COPY over /app'],
    [pushWith({ noChange: true }, remove('src/a.txt'))],
);
gone(
    'a file that an earlier copy also brought comes back',
    ['COPY src /app', 'COPY over* /app/'],
    [push(remove('over/a.txt'))],
);
gone('a file of the base image comes back', ['COPY etc /etc'], [push(remove('etc/motd'))], {
    'etc/motd': 'mine\n',
    'etc/other': 'o\n',
});
gone(
    'a link of the base image comes back',
    ['COPY share /usr/share'],
    [push(remove('share/link'))],
    { 'share/link': 'mine\n', 'share/other': 'o\n' },
);
gone(
    'a directory that the base image has too stays',
    ['COPY share /usr/share'],
    [push(remove('share/base'))],
    { 'share/base/x': 'x\n', 'share/other': 'o\n' },
);
gone('a mode that the base image gave comes back', ['COPY d /'], [push(remove('d/tmp'))], {
    'd/tmp/x': 'x\n',
    'd/y': 'y\n',
});
gone(
    'a file that a step made comes back',
    ['RUN mkdir /app && echo made > /app/a.txt', 'COPY src /app'],
    [push(remove('src/a.txt'))],
);
gone(
    'a file that a step took away stays away',
    ['COPY src /app', 'RUN rm /app/a.txt'],
    [
        pushWith({ noChange: true }, remove('src/b.txt'), write('src/b.txt', 'b\n')),
        push(remove('src/b.txt')),
    ],
);
gone(
    'what a step made of it goes too',
    ['COPY src /app', 'RUN for f in /app/*.txt; do cp $f $f.bak; done'],
    [push(remove('src/a.txt'))],
);
gone(
    'what a step made beside it stays',
    ['COPY src /app', 'RUN echo x > /app/sub/made'],
    [push(remove('src/sub'), write('src/sub/c.txt', 'c\n'))],
);
gone(
    'a file with a name like an option',
    ['COPY d /app'],
    [push(remove('d/-rf'), remove('d/--help'))],
    { 'd/-rf': '1\n', 'd/--help': '2\n', 'd/x': '3\n' },
);
gone(
    'a file through a link in the destination',
    ['RUN mkdir /real && ln -s /real /app', 'COPY src /app/'],
    [push(remove('src/a.txt'))],
);
gone(
    'a file that was one of several sources',
    ['COPY src/a* src/b* /app/'],
    [push(remove('src/b.txt'))],
);
gone(
    'two copies of the same file',
    ['COPY src /one', 'COPY src /two'],
    [push(remove('src/a.txt'))],
);
gone('a file as a user who may not', ['COPY src /app', 'USER app'], [push(remove('src/a.txt'))]);
gone('from one directory into another', COPY, [
    push(rename('src/sub/c.txt', 'src/c.txt')),
    push(rename('src/c.txt', 'src/sub/deep/c.txt')),
]);
gone('a directory takes the place of the one before', COPY, [
    push(remove('src/sub'), rename('over', 'src/sub')),
]);
scenario('with a container that has no rm', {
    needsHelper: 'no call of the API removes a file',
    files: TREE,
    dockerfile: [
        'FROM livepush-base AS b',
        'COPY src /s',
        'FROM scratch',
        'COPY --from=b /bin/busybox /bin/busybox',
        'COPY src /app',
        'COPY --from=b /s /s',
    ],
    steps: [push(remove('src/a.txt')), push(remove('src/sub'))],
});
scenario('in a stage and in the container at once', {
    files: TREE,
    dockerfile: [
        'FROM livepush-base AS b',
        'COPY src /s',
        'RUN ls /s > /list',
        'FROM livepush-base',
        'COPY src /app',
        'COPY --from=b /list /',
        'COPY --from=b /s /s',
    ],
    steps: [push(remove('src/a.txt')), pushWith({ report: 'tops' }, remove('src/sub'))],
});

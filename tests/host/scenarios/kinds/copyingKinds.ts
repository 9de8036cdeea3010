/** What is copied: links, changes of kind and mode, odd names, sizes, variables. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import {
    chmod,
    directory,
    file,
    hardlink,
    put,
    remove,
    rename,
    symlink,
    write,
    type Edit,
} from '../harness/context.js';
import { push, pushWith } from '../harness/scenario.js';
import { copies, editA, SRC } from './copyProject.js';

const { all, scenario, copy } = copies();
export const copyingKinds = all;

copy(
    'a link in a directory stays a link',
    ['COPY src /app'],
    { ...SRC, 'src/link': symlink('a.js') },
    pushWith({}, put('src/link', symlink('b.js'))),
);
copy(
    'a dangling link in a directory',
    ['COPY src /app'],
    { ...SRC, 'src/link': symlink('a.js') },
    push(put('src/link', symlink('../nowhere'))),
);
copy(
    'a link that points out of the context stays as it is',
    ['COPY src /app'],
    SRC,
    push(put('src/link', symlink('/etc/passwd')), put('src/up', symlink('../../../etc'))),
);
copy(
    'a link as the source is followed',
    ['COPY current.js /app/main.js'],
    { ...SRC, 'current.js': symlink('src/a.js') },
    push(editA),
);
copy(
    'a link as the source is pointed elsewhere',
    ['COPY current.js /app/'],
    { ...SRC, 'current.js': symlink('src/a.js') },
    push(put('current.js', symlink('src/b.js'))),
);
copy(
    'a link to a directory as the source',
    ['COPY current /app/src'],
    { ...SRC, current: symlink('src/sub') },
    push(write('src/sub/c.js', '!\n')),
);
copy(
    'a link within the path of the source',
    ['COPY current/sub /app/src'],
    { ...SRC, current: symlink('src') },
    push(write('src/sub/c.js', '!\n')),
);
copy(
    'a link to an absolute path is taken within the context',
    ['COPY current.js /app/'],
    { ...SRC, 'current.js': symlink('/src/a.js') },
    push(editA),
);
copy(
    'a link in the destination is followed',
    ['RUN mkdir /data && ln -s /data /app/link', 'COPY src /app/link/'],
    SRC,
    push(editA),
);
copy(
    'a dangling link in the destination is made true',
    ['RUN ln -s /data/x /app/link', 'COPY src /app/link'],
    SRC,
    push(editA),
);
copy(
    'a link to a file in the destination',
    ['RUN echo x > /data && ln -s /data /app/a.js', 'COPY src/a.js /app/a.js'],
    SRC,
    push(editA),
);
copy(
    'a link below the destination is replaced',
    ['RUN echo x > /data && ln -s /data /app/a.js', 'COPY src /app'],
    SRC,
    push(editA),
);
copy(
    'a link into a directory that is named with a slash',
    ['RUN mkdir /d && ln -s ../d link', 'COPY src/a.js link/'],
    SRC,
    push(editA),
);

const becomes = (name: string, ...edits: Edit[]): void => {
    copy(name, ['COPY src /app/src'], { ...SRC, 'src/link': symlink('a.js') }, push(...edits));
};
becomes('a file becomes a directory', remove('src/a.js'), write('src/a.js/index.js', 'i\n'));
becomes('a directory becomes a file', remove('src/sub'), write('src/sub', 'flat\n'));
becomes('a file becomes a link', put('src/a.js', symlink('b.js')));
becomes('a link becomes a file', put('src/link', file('own\n')));
becomes('a link becomes a directory', put('src/link', directory()), write('src/link/f', 'f\n'));
becomes('a directory becomes a link', put('src/sub', symlink('.')));
becomes('an empty directory appears', put('src/empty', directory()));
becomes('a file gets an executable bit', chmod('src/a.js', 0o755));
becomes('a file loses what others may', chmod('src/a.js', 0o600));
becomes('a file gets a setuid bit', chmod('src/a.js', 0o4755));
becomes('a file is emptied', write('src/a.js', ''));
becomes('a directory is renamed', rename('src/sub', 'src/moved'));
becomes(
    'two files change places',
    rename('src/a.js', 't'),
    rename('src/b.js', 'src/a.js'),
    rename('t', 'src/b.js'),
);
becomes('bytes that are no text', write('src/a.js', Buffer.from([0, 255, 13, 10, 128, 0])));

scenario('the mode of a nested directory', {
    files: SRC,
    dockerfile: ['FROM livepush-base', 'COPY src /app'],
    noCache: true,
    steps: [push(chmod('src/sub', 0o700)), pushWith({ noChange: true }, chmod('src', 0o750))],
});

scenario('a nested directory takes the mode over one that was there', {
    files: SRC,
    dockerfile: [
        'FROM livepush-base',
        'RUN mkdir -p /app/sub && chmod 711 /app /app/sub',
        'COPY src /app',
    ],
    noCache: true,
    steps: [push(editA), push(chmod('src/sub', 0o1777))],
});

scenario('hard links within one directory', {
    files: { 'd/one': 'same\n', 'd/two': hardlink('d/one'), 'd/three': 'else\n' },
    dockerfile: ['FROM livepush-base', 'COPY d /app/'],
    noCache: true,
    apart: 'the core knows no names of one file: a pushed one is a file of its own',
    steps: [push(write('d/three', 'more\n')), push(write('d/one', 'changed\n'))],
});

copy(
    'hard links of the base image are detached',
    ['RUN echo x > one && ln one two', 'COPY src/a.js one'],
    SRC,
    push(editA),
);
copy(
    'names with blanks',
    ['COPY ["my docs", "/app/my docs/"]'],
    { 'my docs/a b.txt': '1\n' },
    push(write('my docs/a b.txt', '2\n'), write('my docs/ lead', '3\n')),
);
copy(
    'names of other scripts',
    ['COPY . /app'],
    { 'größe.txt': '1\n', '日本/語.txt': '2\n' },
    push(write('日本/語.txt', '3\n'), write('emoji 🙂.md', '4\n')),
);
copy(
    'names that look like something else',
    ['COPY d /app'],
    { 'd/-rf': '1\n', 'd/$HOME': '2\n', "d/it's": '3\n', 'd/..name': '4\n', 'd/.wh.x': '5\n' },
    push(
        write('d/-rf', '11\n'),
        write('d/$HOME', '22\n'),
        write("d/it's", '33\n'),
        write('d/..name', '44\n'),
        write('d/.wh.x', '55\n'),
    ),
);
copy(
    'names with line breaks and quotes',
    ['COPY d /app'],
    { 'd/a\nb': '1\n', 'd/"q"': '2\n', 'd/a;b|c&d': '3\n' },
    push(write('d/a\nb', '11\n'), remove('d/"q"'), remove('d/a;b|c&d')),
);
copy(
    'names with a backslash and stars',
    ['COPY d /app'],
    { 'd/a\\b': '1\n', 'd/*': '2\n', 'd/[x]': '3\n' },
    push(write('d/a\\b', '11\n'), write('d/*', '22\n'), remove('d/[x]')),
);
copy(
    'very long names',
    ['COPY d /app'],
    { [`d/${'n'.repeat(200)}`]: '1\n' },
    push(
        write(`d/${'n'.repeat(200)}`, '2\n'),
        write(`d/${`${'p'.repeat(60)}/`.repeat(5)}f`, '3\n'),
    ),
);
copy(
    'case alone differs',
    ['COPY d /app'],
    { 'd/readme': '1\n', 'd/README': '2\n' },
    push(rename('d/readme', 'd/Readme')),
);
copy(
    'many files at once',
    ['COPY d /app'],
    { 'd/0': '0\n' },
    push(...Array.from({ length: 300 }, (_, i) => write(`d/${i % 10}x/${i}`, `${i}\n`))),
);
copy(
    'a large file',
    ['COPY d /app'],
    { 'd/big': 'small\n' },
    push(write('d/big', randomBytes(5_000_000))),
);

copy(
    'variables in the paths',
    ['ENV DEST=/opt/app', 'ARG NAME=src', 'COPY ${NAME}/a.js $DEST/${NAME:-x}/'],
    SRC,
    push(editA),
);
copy('a default for a variable that is not set', ['COPY ${WHAT:-src} /app/'], SRC, push(editA));
copy('an unset variable stands for the whole context', ['COPY $NOTHING /app/'], SRC, push(editA));
copy(
    'relative working directories join',
    ['WORKDIR one', 'WORKDIR two', 'COPY src/a.js .'],
    SRC,
    push(editA),
);
copy(
    'a working directory from a variable',
    ['ENV HOMEDIR=/home/app', 'WORKDIR $HOMEDIR/x', 'COPY src ./src'],
    SRC,
    push(editA),
);
copy(
    'an ADD of a file and a directory',
    ['ADD src/a.js /app/', 'ADD src /app/src'],
    SRC,
    push(editA),
);
copy(
    'a later copy of the same directory elsewhere',
    ['COPY src/sub /app/sub', 'COPY src /app/all'],
    SRC,
    push(write('src/sub/c.js', '!\n')),
);

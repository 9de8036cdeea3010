/** Several pushes in a row: what one left must not show in the next. */
import {
    chmod,
    file,
    put,
    remove,
    rename,
    symlink,
    touch,
    write,
    type Entry,
} from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('sequences');
export const sequences = all;

const FILES = {
    'pkg.txt': 'p\n',
    'src/a.txt': 'a\n',
    'src/b.txt': 'b\n',
    'src/sub/c.txt': 'c\n',
    'page.html': 'page\n',
};

const PLAIN = ['FROM livepush-base', 'COPY src /src'];
const BUILT = [
    'FROM livepush-base',
    'WORKDIR /w',
    'COPY pkg.txt .',
    'RUN cat pkg.txt pkg.txt > deps',
    'COPY src src',
    'RUN cat deps src/*.txt > bundle',
    'COPY page.html .',
];
const STAGED = [
    'FROM livepush-base AS build',
    'WORKDIR /w',
    'COPY pkg.txt .',
    'RUN mkdir deps && for p in $(cat pkg.txt); do echo $p > deps/$p; done',
    'COPY src src',
    'RUN mkdir dist && cat src/*.txt > dist/bundle && cp -r src/sub dist/',
    'FROM livepush-base',
    'COPY --from=build /w/deps /app/deps',
    'COPY --from=build /w/dist /app',
    'RUN find /app | sort > /list',
    'COPY page.html /app/',
];

function sequence(
    name: string,
    dockerfile: readonly string[],
    steps: readonly Step[],
    files: Readonly<Record<string, Entry>> = FILES,
): void {
    scenario(name, { files, dockerfile, steps });
}

const bodies = [
    ['plain copies', PLAIN],
    ['steps', BUILT],
    ['stages', STAGED],
] as const;

for (const [what, dockerfile] of bodies) {
    sequence(`the same file again and again (${what})`, dockerfile, [
        push(write('src/a.txt', '1\n')),
        push(write('src/a.txt', '2\n')),
        push(write('src/a.txt', '3\n')),
    ]);
    sequence(`there and back again (${what})`, dockerfile, [
        push(write('src/a.txt', '1\n')),
        push(write('src/a.txt', 'a\n')),
        push(write('src/a.txt', '1\n')),
    ]);
    sequence(`deleted and written again (${what})`, dockerfile, [
        push(remove('src/a.txt')),
        push(write('src/a.txt', 'again\n')),
        push(remove('src/a.txt')),
    ]);
    sequence(`a new file, changed, renamed, deleted (${what})`, dockerfile, [
        push(write('src/n.txt', 'n\n')),
        push(write('src/n.txt', 'N\n')),
        push(rename('src/n.txt', 'src/0.txt')),
        push(remove('src/0.txt')),
    ]);
    sequence(`a directory comes and goes (${what})`, dockerfile, [
        push(write('src/sub/new/x', 'x\n')),
        push(rename('src/sub/new', 'src/sub/old')),
        push(remove('src/sub/old')),
    ]);
    sequence(`a path changes its kind at every push (${what})`, dockerfile, [
        push(put('src/sub/t', file('f\n'))),
        push(remove('src/sub/t'), write('src/sub/t/x', 'x\n')),
        push(put('src/sub/t', symlink('c.txt'))),
        push(put('src/sub/t', file('g\n', 0o755))),
    ]);
}

sequence('an edit of everything in turn', BUILT, [
    push(write('page.html', '1\n')),
    push(write('src/a.txt', '2\n')),
    push(write('pkg.txt', '3\n')),
    push(write('page.html', '4\n'), write('src/b.txt', '5\n')),
    push(write('pkg.txt', 'p\n'), write('src/a.txt', 'a\n')),
]);
sequence('an edit of everything in turn, in stages', STAGED, [
    push(write('page.html', '1\n')),
    push(write('src/a.txt', '2\n')),
    push(write('pkg.txt', '3 4\n')),
    push(write('page.html', '4\n'), write('src/b.txt', '5\n')),
    push(write('pkg.txt', 'p\n'), write('src/a.txt', 'a\n')),
]);
sequence('a branch is checked out and left', STAGED, [
    push(
        write('pkg.txt', 'x y\n'),
        remove('src/a.txt'),
        rename('src/sub', 'src/moved'),
        write('src/sub/other.txt', 'o\n'),
    ),
    push(
        write('pkg.txt', 'p\n'),
        write('src/a.txt', 'a\n'),
        remove('src/sub'),
        rename('src/moved', 'src/sub'),
    ),
]);
sequence('an editor that writes beside and renames', PLAIN, [
    push(write('src/.a.txt.swp', 'x\n')),
    push(rename('src/.a.txt.swp', 'src/a.txt')),
    push(write('src/4913', ''), chmod('src/4913', 0o600)),
    push(remove('src/4913')),
]);
sequence('saved without a change between two changes', BUILT, [
    push(write('src/a.txt', '1\n')),
    pushWith({ noChange: true, runs: 0 }, touch('src/a.txt'), touch('pkg.txt')),
    push(write('src/a.txt', '2\n')),
]);
sequence(
    'a build that breaks and is mended',
    [
        'FROM livepush-base',
        'COPY src /src',
        'RUN grep -q ok /src/a.txt && cat /src/*.txt > /all',
        'COPY page.html /',
    ],
    [
        pushWith({ breaks: true }, write('src/a.txt', 'bad\n')),
        pushWith({ breaks: true }, write('page.html', 'new page\n')),
        push(write('src/a.txt', 'ok again\n')),
        push(write('src/b.txt', 'B\n')),
    ],
    { ...FILES, 'src/a.txt': 'ok\n' },
);
sequence(
    'a broken stage, and an edit of another one',
    [
        'FROM livepush-base AS build',
        'COPY src /src',
        'RUN grep -q ok /src/a.txt && cat /src/*.txt > /all',
        'FROM livepush-base',
        'COPY --from=build /all /all',
        'COPY pkg.txt /',
        'RUN cat /all /pkg.txt > /sum',
    ],
    [
        pushWith({ breaks: true }, write('src/a.txt', 'bad\n')),
        pushWith({ breaks: true }, write('pkg.txt', 'q\n')),
        push(write('src/a.txt', 'ok\n2\n')),
    ],
    { ...FILES, 'src/a.txt': 'ok\n' },
);
sequence(
    'a source that is gone and comes back',
    ['FROM livepush-base', 'COPY pkg.txt page.html /'],
    [pushWith({ breaks: true }, remove('page.html')), push(write('page.html', 'back\n'))],
);
sequence(
    'a broken build undone',
    [
        'FROM livepush-base',
        'COPY src /src',
        'RUN mkdir /half && grep -q ok /src/a.txt && cat /src/*.txt > /all',
    ],
    [
        pushWith({ breaks: true }, write('src/a.txt', 'bad\n')),
        pushWith({ noChange: true }, write('src/a.txt', 'ok\n')),
        push(write('src/b.txt', 'B\n')),
    ],
    { ...FILES, 'src/a.txt': 'ok\n' },
);
sequence(
    'the ignore file there and back',
    ['FROM livepush-base', 'COPY . /all', 'RUN find /all | sort > /list'],
    [
        push(write('.dockerignore', 'src/sub\n')),
        push(write('src/a.txt', 'A\n')),
        push(write('.dockerignore', '*.html\n')),
        push(remove('.dockerignore')),
    ],
);
sequence(
    'who wins a path changes hands',
    ['FROM livepush-base', 'COPY src /d', 'COPY over /d', 'COPY top* /d/'],
    [
        push(write('over/a.txt', 'over\n')),
        push(write('top/x', 'x\n')),
        pushWith({ noChange: true }, write('src/a.txt', 'hidden\n')),
        push(remove('over/a.txt')),
        push(write('src/x', 'hidden?\n'), remove('top')),
    ],
    { ...FILES, 'over/z': 'z\n', 'top/a': 'a\n', top2: '2\n' },
);
sequence('eight small edits', STAGED, [
    push(write('src/a.txt', '1\n')),
    push(write('src/new.txt', '2\n')),
    push(chmod('src/sub/c.txt', 0o755)),
    push(write('pkg.txt', 'p q\n')),
    push(remove('src/new.txt')),
    push(write('page.html', '6\n')),
    push(rename('src/sub/c.txt', 'src/sub/d.txt')),
    push(write('pkg.txt', 'q\n')),
]);
sequence(
    'counts of what a step made, never doubled',
    [
        'FROM livepush-base',
        'COPY src /src',
        'RUN cat /src/a.txt >> /log && echo done >> /log && wc -l /log > /count',
    ],
    [
        push(write('src/a.txt', '1\n2\n')),
        push(write('src/a.txt', '1\n')),
        push(write('src/a.txt', '1\n2\n3\n')),
    ],
);
sequence(
    'an optional file comes and goes',
    ['FROM livepush-base', 'WORKDIR /w', 'COPY pkg.txt lock* ./', 'RUN cat * > sum'],
    [
        push(write('lock', 'l\n')),
        push(write('lock', 'L\n')),
        push(remove('lock')),
        push(write('lock2', 'l\n')),
    ],
);

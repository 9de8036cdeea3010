/** `.dockerignore`: what is sent, what is not, and what changes when the file itself does. */
import { remove, rename, write, type Entry } from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('dockerignore');
export const dockerignore = all;

const TREE = {
    'src/a.js': 'a\n',
    'src/a.test.js': 'test a\n',
    'src/lib/b.js': 'b\n',
    'src/lib/b.log': 'log\n',
    'node_modules/x/index.js': 'x\n',
    'src/node_modules/y/index.js': 'y\n',
    'docs/README.md': 'readme\n',
    'docs/guide.md': 'guide\n',
    'top.log': 'log\n',
};

/** `COPY . /app` under the patterns; each path is edited by a push of its own. */
function ignoring(
    name: string,
    patterns: string,
    edits: { readonly seen: readonly string[]; readonly unseen: readonly string[] },
): void {
    const steps: Step[] = [
        ...edits.unseen.map((where) => pushWith({ noChange: true }, write(where, 'changed\n'))),
        ...edits.seen.map((where) => push(write(where, 'changed\n'))),
    ];
    project(name, ['COPY . /app'], { ...TREE, '.dockerignore': patterns }, ...steps);
}

function project(
    name: string,
    lines: readonly string[],
    files: Readonly<Record<string, Entry>>,
    ...steps: Step[]
): void {
    scenario(name, { files, dockerfile: ['FROM livepush-base', ...lines], steps });
}

ignoring('a directory at the top', 'node_modules\n', {
    seen: ['src/node_modules/y/index.js'],
    unseen: ['node_modules/x/index.js'],
});
ignoring('a directory at any depth', '**/node_modules\n', {
    seen: ['src/a.js'],
    unseen: ['src/node_modules/y/index.js', 'node_modules/z.js'],
});
ignoring('a leading and a trailing slash', '/node_modules/\n', {
    seen: ['src/node_modules/y/index.js'],
    unseen: ['node_modules/x/index.js'],
});
ignoring('files by their ending at the top', '*.log\n', {
    seen: ['src/lib/b.log'],
    unseen: ['top.log'],
});
ignoring('files by their ending anywhere', '**/*.log\n', {
    seen: ['src/lib/b.js'],
    unseen: ['src/lib/b.log', 'top.log'],
});
ignoring('everything but', '*\n!src\n', {
    seen: ['src/lib/b.js', 'src/new.js'],
    unseen: ['docs/guide.md', 'new.txt'],
});
ignoring('everything but, two levels down', '**\n!src/lib/**\n', {
    seen: ['src/lib/b.js'],
    unseen: ['src/a.js'],
});
ignoring('a directory but one file of it', 'docs\n!docs/README.md\n', {
    seen: ['docs/README.md'],
    unseen: ['docs/guide.md'],
});
ignoring('an exception for a parent brings nothing back', 'src/lib\n!src\n', {
    seen: ['src/a.js'],
    unseen: ['src/lib/b.js'],
});
ignoring('the last pattern wins', '*.md\n!docs\ndocs/guide.md\n', {
    seen: ['docs/README.md'],
    unseen: ['docs/guide.md'],
});
ignoring('one level of directories', '*/*.md\n', { seen: ['src/a.js'], unseen: ['docs/guide.md'] });
ignoring('test files', '**/*.test.js\n**/__tests__\n', {
    seen: ['src/a.js'],
    unseen: ['src/a.test.js', 'src/__tests__/x.js'],
});
ignoring('comments, blanks and a dot', '# logs\n\n  ./docs  \n a/../top.log\n', {
    seen: ['src/a.js'],
    unseen: ['docs/guide.md', 'top.log'],
});
ignoring('a class and a question mark', 'src/[a-b].js\nsrc/???\n', {
    seen: ['src/a.test.js'],
    unseen: ['src/a.js', 'src/lib/b.js'],
});
ignoring('all but the top of a directory', 'src/*\n', {
    seen: ['docs/guide.md'],
    unseen: ['src/a.js', 'src/lib/b.js'],
});
ignoring('two stars in the middle', 'src/**/b.*\n', {
    seen: ['src/a.js'],
    unseen: ['src/lib/b.js', 'src/b.js'],
});
ignoring('an exception with a wildcard', '**\n!**/*.js\n', {
    seen: ['src/a.js', 'src/lib/b.js'],
    unseen: ['docs/guide.md', 'src/lib/b.log'],
});
// Docker lists such a file and then does not open it, so that it comes empty.
ignoring(
    'what an exception lets in and a later pattern means to keep out',
    '**\n!**/*.js\n**/node_modules\n',
    {
        seen: ['src/a.js'],
        unseen: ['node_modules/x/index.js', 'docs/guide.md'],
    },
);
ignoring('the Dockerfile and the file itself', 'Dockerfile\n.dockerignore\n', {
    seen: ['src/a.js'],
    unseen: [],
});
ignoring('nothing at all', '', { seen: ['top.log'], unseen: [] });

project(
    'a named source',
    ['COPY src /s', 'COPY docs/README.md /'],
    { ...TREE, '.dockerignore': '**/*.log\n' },
    pushWith({ noChange: true }, write('src/lib/b.log', 'x\n')),
    push(write('docs/README.md', 'r\n')),
);
project(
    'a wildcard takes nothing that is ignored',
    ['COPY src/*.js /s/'],
    { ...TREE, '.dockerignore': '**/*.test.js\n' },
    pushWith({ noChange: true }, write('src/a.test.js', 'x\n')),
    push(write('src/a.js', 'x\n')),
);
project(
    'an ignored file takes no part in a step',
    ['COPY . /app', 'RUN find /app -type f | sort > /list'],
    { ...TREE, '.dockerignore': 'docs\n' },
    pushWith({ noChange: true, runs: 0 }, write('docs/new.md', 'x\n')),
    pushWith({ runs: 1 }, write('src/new.js', 'x\n')),
);
project(
    'an ignored file is deleted',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': 'docs\n' },
    pushWith({ noChange: true }, remove('docs/guide.md')),
    push(remove('src/a.js')),
);
project(
    'a file moves into what is ignored',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': 'docs\n' },
    push(rename('src/a.js', 'docs/a.js')),
);
project(
    'a file moves out of what is ignored',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': 'docs\n' },
    push(rename('docs/guide.md', 'src/guide.md')),
);
project(
    'a whole directory is ignored by its files',
    ['COPY docs /docs'],
    { ...TREE, '.dockerignore': 'docs/*\n' },
    pushWith({ noChange: true }, write('docs/guide.md', 'x\n')),
    push(write('.dockerignore', 'docs/README.md\n')),
);
project(
    'a pattern is added',
    ['COPY . /app', 'RUN find /app | sort > /list'],
    { ...TREE, '.dockerignore': 'docs\n' },
    push(write('.dockerignore', 'docs\n**/*.log\n')),
);
project(
    'a pattern is taken away',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': 'docs\n**/*.log\n' },
    push(write('.dockerignore', '**/*.log\n')),
    push(write('docs/guide.md', 'now seen\n')),
);
project('the file appears', ['COPY . /app'], TREE, push(write('.dockerignore', 'src\n')));
project(
    'the file disappears',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': 'src\n' },
    push(remove('.dockerignore')),
);
project(
    'a file of the Dockerfile of its own goes first',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': 'src\n', 'Dockerfile.dockerignore': 'docs\n' },
    pushWith({ noChange: true }, write('docs/guide.md', 'x\n')),
    push(write('src/a.js', 'x\n')),
);
project(
    'a nested file means nothing',
    ['COPY . /app'],
    { ...TREE, 'src/.dockerignore': 'a.js\n' },
    push(write('src/a.js', 'x\n')),
);
scenario('it does not apply to other stages', {
    files: { ...TREE, '.dockerignore': '**/*.log\n' },
    dockerfile: [
        'FROM livepush-base AS build',
        'COPY src /s',
        'RUN cat /s/a.js > /s/x.log',
        'FROM livepush-base',
        'COPY --from=build /s /s',
    ],
    steps: [
        push(write('src/a.js', 'x\n')),
        pushWith({ noChange: true }, write('src/lib/b.log', 'x\n')),
    ],
});
scenario('it applies to a bind mount of the context', {
    files: { ...TREE, '.dockerignore': 'docs/guide.md\n' },
    dockerfile: [
        'FROM livepush-base',
        'RUN --mount=target=/c,source=docs ls /c > /list; cat /c/*.md >> /list',
    ],
    steps: [
        pushWith({ noChange: true, runs: 0 }, write('docs/guide.md', 'x\n')),
        push(write('docs/README.md', 'x\n')),
    ],
});
// The generator of scenarios has found it.
project(
    'a new directory with nothing in it that is sent',
    ['COPY . /app'],
    { ...TREE, '.dockerignore': '**/*.log\n' },
    push(write('fresh/sub/a.log', 'x\n')),
    push(remove('fresh')),
);

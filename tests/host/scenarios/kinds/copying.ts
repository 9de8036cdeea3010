/** What one COPY puts where: destinations, several sources, merging, wildcards. */
import { remove, write } from '../harness/context.js';
import { push, pushWith } from '../harness/scenario.js';
import { copies, editA, SRC } from './copyProject.js';

const { all, copy } = copies();
export const copying = all;

copy('a nested file into a directory', ['COPY src/a.js /app/'], SRC, push(editA));
copy('a nested file under another name', ['COPY src/a.js /app/main.js'], SRC, push(editA));
copy('a file under a relative name', ['COPY src/a.js main.js'], SRC, push(editA));
copy('a file into a relative directory', ['COPY src/a.js lib/js/'], SRC, push(editA));
copy('a file into the working directory', ['COPY src/a.js .'], SRC, push(editA));
copy('a file named like a directory that is there', ['COPY src/a.js /srv'], SRC, push(editA));
copy('a file into a directory with a sticky bit', ['COPY src/a.js /tmp/'], SRC, push(editA));
copy(
    'a file through a link of the base image',
    ['COPY src/a.js /usr/share/link/'],
    SRC,
    push(editA),
);
copy('a file over one of the base image', ['COPY src/a.js /etc/motd'], SRC, push(editA));
copy('a file into the root', ['COPY src/a.js /'], SRC, push(editA));
copy('deep missing parents', ['COPY src/a.js /one/two/three/a.js'], SRC, push(editA));
copy('a dot as the destination', ['COPY src/a.js ./'], SRC, push(editA));
copy('a path that is not clean', ['COPY ./src/../src//a.js /app/./x/../y/a.js'], SRC, push(editA));
copy('an absolute source', ['COPY /src /app/src'], SRC, push(editA));
copy('a source that climbs out of the context', ['COPY ../src /app/src'], SRC, push(editA));
copy('a trailing slash on the source', ['COPY src/ /app/out'], SRC, push(editA));
copy('the JSON form', ['COPY ["src/a.js", "/app/"]'], SRC, push(editA));
copy(
    'a lower-case instruction over several lines',
    ['copy src/a.js \\', '  # why\n  /app/'],
    SRC,
    push(editA),
);

copy(
    'the contents of a directory',
    ['COPY src /app'],
    SRC,
    push(editA, write('src/sub/c.js', 'C\n')),
);
copy(
    'a directory that is not there yet',
    ['COPY src /new/place'],
    SRC,
    push(write('src/sub/n.js', 'n\n')),
);
copy('the whole context', ['COPY . .'], SRC, push(editA, write('top.txt', 'top\n')));
copy(
    'the whole context into a new directory',
    ['COPY . /src'],
    SRC,
    push(write('x/y/z.txt', 'z\n')),
);
copy(
    'a directory merged with one of the base image',
    ['COPY src /usr/share/base'],
    SRC,
    push(editA),
);
copy(
    'two directories merged into one',
    ['COPY src /app', 'COPY more /app'],
    { ...SRC, 'more/a.js': 'more a\n', 'more/z.js': 'z\n' },
    pushWith({ noChange: true }, editA),
    push(write('src/b.js', 'B\n'), write('more/a.js', 'more A\n')),
);

copy('several sources into a directory', ['COPY src/a.js src/b.js /app/'], SRC, push(editA));
copy(
    'files and directories into a directory',
    ['COPY src/a.js src/sub /app/'],
    SRC,
    push(write('src/sub/c.js', '!\n')),
);
copy(
    'several sources to one name: the last wins',
    ['COPY src/a.js src/b.js /app/one'],
    SRC,
    pushWith({ noChange: true }, editA),
    push(write('src/b.js', 'B\n')),
);
copy(
    'several sources into an existing directory',
    ['COPY src/a.js src/b.js /srv'],
    SRC,
    push(editA),
);
copy(
    'the same file to two places',
    ['COPY src/a.js /one/', 'COPY src/a.js /two/b.js'],
    SRC,
    push(editA),
);

copy('a wildcard over files', ['COPY src/*.js /app/'], SRC, push(editA, write('src/n.js', 'n\n')));
copy(
    'a file that the wildcard does not match',
    ['COPY src/*.js /app/'],
    SRC,
    pushWith({ noChange: true }, write('src/n.ts', 'n\n')),
);
copy(
    'a wildcard flattens directories',
    ['COPY src/* /app/'],
    SRC,
    push(write('src/sub/c.js', '!\n')),
);
copy(
    'a wildcard takes dotfiles',
    ['COPY * /app/'],
    { '.env': 'A=1\n', 'a.txt': 'a\n' },
    push(write('.env', 'A=2\n'), write('.npmrc', 'x\n')),
);
copy(
    'a wildcard in a directory name',
    ['COPY packages/*/package.json /app/'],
    { 'packages/a/package.json': 'a\n', 'packages/b/package.json': 'b\n' },
    push(write('packages/b/package.json', 'B\n')),
);
copy(
    'an optional file appears',
    ['COPY package.json package-lock.json* ./'],
    { 'package.json': '{}\n' },
    push(write('package-lock.json', '{ }\n')),
);
copy(
    'an optional file disappears',
    ['COPY package.json package-lock.json* ./'],
    { 'package.json': '{}\n', 'package-lock.json': 'l\n' },
    push(remove('package-lock.json')),
);
copy(
    'the first match of a wildcard makes the directory',
    ['COPY src /src', 'COPY src/*.py /py/'],
    SRC,
    push(write('src/a.py', 'p\n')),
);
copy(
    'with the last match of a wildcard the directory goes',
    ['COPY src /src', 'COPY src/*.css /css/'],
    SRC,
    push(remove('src/style.css')),
);
copy(
    'a question mark',
    ['COPY src/?.js /app/'],
    { ...SRC, 'src/ab.js': 'ab\n' },
    push(editA, write('src/é.js', 'e\n')),
);
copy(
    'a class of characters',
    ['COPY src/[a-b].js /app/'],
    SRC,
    push(editA),
    pushWith({ noChange: true }, write('src/c.js', 'c\n')),
);
copy(
    'a negated class',
    ['COPY src/[^a].js /app/'],
    SRC,
    pushWith({ noChange: true }, editA),
    push(write('src/c.js', 'c\n')),
);
copy(
    'an exclamation mark in a class is one',
    ['COPY src/[!a].js /app/'],
    { ...SRC, 'src/!.js': '!\n' },
    push(editA),
    push(write('src/!.js', '!!\n')),
);
copy(
    'two stars are one star',
    ['COPY src/**/d.js /app/'],
    { ...SRC, 'src/sub/d.js': 'd\n' },
    push(write('src/sub/d.js', 'D\n')),
    pushWith({ noChange: true }, write('src/sub/deep/d.js', 'DD\n')),
);
copy(
    'braces are names',
    ['COPY src/{a,b}* /app/'],
    { ...SRC, 'src/{a,b}.txt': 'ab\n' },
    pushWith({ noChange: true }, editA),
    push(write('src/{a,b}.txt', 'AB\n')),
);
copy(
    'a bracket by its class',
    ['COPY src/[[]x].txt /app/'],
    { ...SRC, 'src/[x].txt': 'x\n' },
    push(write('src/[x].txt', 'X\n')),
);
copy(
    'a wildcard over several sources keeps its order',
    ['COPY one/* two/* /app/'],
    { 'one/f': '1\n', 'two/f': '2\n', 'two/h': '2\n', 'one/g': '1\n' },
    pushWith({ noChange: true }, write('one/f', '11\n')),
    push(remove('two/f')),
);

/** RUN steps in their own context: directory, environment, user, shell, and the tree they start from. */
import { file, remove, rename, write, type Entry } from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('own-context');
export const ownContext = all;

const FILES = { 'in.txt': 'one\n', 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' };
const EDIT = push(write('in.txt', 'two\n'));

/** A RUN after `COPY in.txt /in.txt`, so that the usual edit carries it out again. */
function run(name: string, lines: readonly string[], ...steps: Step[]): void {
    const dockerfile = ['FROM livepush-base', 'COPY in.txt /in.txt', ...lines];
    scenario(name, { files: FILES, dockerfile, steps: steps.length === 0 ? [EDIT] : steps });
}

function project(
    name: string,
    files: Readonly<Record<string, Entry>>,
    dockerfile: readonly string[],
    ...steps: Step[]
): void {
    scenario(name, { files, dockerfile: ['FROM livepush-base', ...dockerfile], steps });
}

run('in the working directory', ['WORKDIR /work', 'RUN pwd > where && cp /in.txt out']);
run('in a relative working directory', [
    'WORKDIR /a',
    'WORKDIR b/c',
    'RUN pwd > where; cp /in.txt .',
]);
run('a change of directory ends with its step', [
    'WORKDIR /a',
    'RUN cd /tmp && cp /in.txt x',
    'RUN cp /in.txt y',
]);
run('a working directory that a step made', [
    'RUN mkdir -p /m && chmod 700 /m && cp /in.txt /m/',
    'WORKDIR /m',
    'RUN cp in.txt out',
]);
run('in the directory of a variable', ['ENV BASE=/opt/x', 'WORKDIR ${BASE}/y', 'RUN cp /in.txt .']);

run('the environment as of the step', [
    'ENV A=1 B="two words"',
    'RUN env | grep -v ^_= | sort > /env; cat /in.txt >> /env',
    'ENV A=2 C=3',
]);
run('a later ENV is not there yet', [
    'RUN echo "[$LATER]" > /early',
    'ENV LATER=1',
    'RUN echo "[$LATER]" > /late; cat /in.txt >> /late',
]);
run('an ENV that refers to others', [
    'ENV A=1',
    'ENV A=2 B=$A',
    'RUN echo $A $B > /out; cat /in.txt >> /out',
]);
run('PATH with a directory of its own', [
    'RUN mkdir -p /own && printf "#!/bin/sh\\necho own\\n" > /own/tool && chmod 755 /own/tool',
    'ENV PATH=/own:$PATH',
    'RUN tool > /out; cat /in.txt >> /out',
]);
run('no variable of the container at run time', [
    'RUN echo "[$HOSTNAME][$TERM]" > /out; cat /in.txt >> /out',
]);
run('the host name of the build', ['RUN hostname > /out; cat /in.txt >> /out']);
run('the home directory of root', ['RUN echo $HOME > /out; cat /in.txt >> /out; cp /in.txt ~/']);
run('values with quotes and dollars', [
    "ENV Q='it is \"quoted\"' D='$HOME' E=a\\ b",
    'RUN env | grep -E "^(Q|D|E)=" > /out; cat /in.txt >> /out',
]);
run('an empty value is not an absent one', [
    'ARG NONE',
    'ARG EMPTY=',
    'RUN echo "${NONE-absent}${EMPTY-absent}" > /out; cat /in.txt >> /out',
]);

run('as a user by name', [
    'WORKDIR /w',
    'RUN chown app:app /w',
    'USER app',
    'RUN id > id && cp /in.txt mine && echo $HOME > home',
]);
run('as a user and group by number', [
    'WORKDIR /w',
    'RUN chmod 777 /w',
    'USER 1234:4321',
    'RUN cp /in.txt mine && id -u > id && echo $HOME >> id',
]);
run('as a user with a group', [
    'RUN chmod 777 /srv',
    'USER app:www',
    'RUN id -G > /srv/ids && cp /in.txt /srv/',
]);
run('supplementary groups of a user', [
    'RUN chmod 777 /srv',
    'USER app',
    'RUN id -G > /srv/ids && cp /in.txt /srv/',
]);
run('as a user and as root again', [
    'USER app',
    'RUN cp /in.txt /tmp/app',
    'USER root',
    'RUN cp /in.txt /root/',
]);
run('a working directory of a user', [
    'USER app',
    'WORKDIR /home/app/project/x',
    'RUN cp /in.txt .',
]);
run('a user that a step made', [
    'RUN echo "late:x:77:88::/home/late:/bin/sh" >> /etc/passwd && mkdir -m 777 /l',
    'USER late',
    'RUN cp /in.txt /l/ && echo $HOME > /l/home',
]);
run('the umask', ['RUN umask > /out; cp /in.txt /x; mkdir /y; cat /in.txt >> /out']);

run('a shell of its own', [
    'SHELL ["/bin/sh", "-e", "-u", "-c"]',
    'RUN echo $- > /out; cat /in.txt >> /out',
]);
run('a shell that is no shell', [
    'SHELL ["/bin/busybox", "env", "X=1", "/bin/sh", "-c"]',
    'RUN echo $X > /out; cat /in.txt >> /out',
]);
run('the exec form', ['RUN ["/bin/cp", "/in.txt", "/copy of $HOME"]']);
run('the exec form finds its program', ['WORKDIR /w', 'RUN ["cp", "/in.txt", "here"]']);
run('quotes of every kind', [
    `RUN echo "a 'b' \\"c\\" \\$d" 'e "f" $g' h\\ i \\\\ > /out; cat /in.txt >> /out`,
]);
run('over several lines with comments', [
    'RUN cat /in.txt > /out && \\',
    '  # why it is so',
    '\\',
    '    echo done \\',
    '    >> /out',
]);
run('the standard input is empty', ['RUN cat > /out; cat /in.txt >> /out']);
run('no terminal', [
    'RUN if [ -t 0 ] || [ -t 1 ]; then echo tty; else echo none; fi > /out; cat /in.txt >> /out',
]);
run('much output', ['RUN seq 1 20000; seq 1 20000 >&2; cp /in.txt /out']);
run('a name that is no ASCII', ['RUN cp /in.txt "/größe 日本"']);
run('network none', ['RUN --network=none cp /in.txt /out']);

run(
    'what it appends is appended once',
    ['RUN cat /in.txt >> /etc/motd', 'RUN echo x >> /log && cat /in.txt >> /log'],
    EDIT,
    push(write('in.txt', 'three\n')),
);
run(
    'a directory that it makes is made once',
    ['RUN mkdir /made && cp /in.txt /made/'],
    EDIT,
    push(write('in.txt', 'three\n')),
);
run(
    'what it removes is removed',
    ['RUN rm /in.txt && rm -r /usr/share/base && echo x > /x', 'COPY src /src'],
    push(write('src/a.txt', 'A\n')),
);
run('what it removed is there when it asks again', [
    'RUN mv /etc/motd /etc/motd.old && cat /in.txt >> /etc/motd.old',
]);
run('modes and owners that it sets', [
    'RUN cp /in.txt /o && chown app:www /o && chmod 640 /o && chmod 4711 /bin && chown -h app /usr/share/link',
]);
run('links that it makes', ['RUN ln -s "$(cat /in.txt)" /link && cp /in.txt /h1 && ln /h1 /h2']);
run('a pipe that it makes', ['RUN mkfifo -m 640 /pipe; cp /in.txt /out']);
run('a file replaced by a directory', [
    'RUN if grep -q two /in.txt; then mkdir -p /thing/sub; else echo f > /thing; fi',
]);
run('a directory replaced by a file', [
    'RUN if grep -q one /in.txt; then mkdir -p /thing/sub; echo x > /thing/sub/y; else echo f > /thing; fi',
]);
run('a directory replaced by a link', [
    'RUN if grep -q one /in.txt; then mkdir -p /thing/sub; else ln -s /srv /thing; fi',
    'COPY src /data',
]);
run('what no longer comes out is gone', [
    'RUN if grep -q one /in.txt; then mkdir /old && echo a > /old/a && echo b > /b; else echo c > /c; fi',
]);
run('later steps run on what earlier ones made', [
    'RUN cp /in.txt /1',
    'RUN cat /1 /1 > /2',
    'RUN cat /2 /2 > /3 && rm /1',
]);
run(
    'steps before the change do not run',
    ['RUN cp /in.txt /1', 'COPY src /src', 'RUN cat /src/* > /all'],
    pushWith({ runs: 1 }, write('src/a.txt', 'A\n')),
);
run(
    'a copy between the steps',
    ['RUN cp /in.txt /1', 'COPY src /src', 'RUN cat /1 /src/a.txt > /2'],
    EDIT,
    push(write('src/a.txt', 'A\n')),
);
run(
    'a copy over what a step made',
    ['RUN mkdir /d && cp /in.txt /d/a.txt && cp /in.txt /d/c.txt', 'COPY src /d'],
    EDIT,
    push(write('src/a.txt', 'A\n')),
);
run(
    'a step over what a copy brought',
    ['COPY src /d', 'RUN cat /in.txt >> /d/a.txt && chmod 600 /d/b.txt'],
    EDIT,
    push(write('src/b.txt', 'B\n')),
);

project(
    'what comes of a deleted source is gone',
    { 'src/a.c': 'a\n', 'src/b.c': 'b\n' },
    [
        'WORKDIR /b',
        'COPY src src',
        'RUN for f in src/*.c; do cp $f ${f%.c}.o; done; cat src/*.o > prog',
    ],
    push(remove('src/b.c')),
    push(rename('src/a.c', 'src/z.c')),
);
project(
    'build arguments in their scope',
    FILES,
    [
        'COPY in.txt /in.txt',
        'RUN echo "[$VERSION]" > /before',
        'ARG VERSION=1',
        'RUN echo "[$VERSION]" > /after; cat /in.txt >> /after',
    ],
    EDIT,
);
scenario('build arguments that are given', {
    files: FILES,
    buildArgs: { VERSION: '9', UNUSED: 'x', WORD: 'a b' },
    dockerfile: [
        'FROM livepush-base',
        'ARG VERSION=1',
        'ARG WORD',
        'COPY in.txt /v$VERSION/in.txt',
        'RUN env | grep -E "VERSION|UNUSED|WORD" | sort > /args; cat /v9/in.txt >> /args',
    ],
    steps: [EDIT],
});
scenario('an argument after a variable of the same name wins', {
    files: FILES,
    buildArgs: { NAME: 'argument' },
    dockerfile: [
        'FROM livepush-base',
        'ENV NAME=variable',
        'COPY in.txt /',
        'RUN echo $NAME > /1; cat /in.txt >> /1',
        'ARG NAME=default',
        'RUN echo $NAME > /2; cat /in.txt >> /2',
        'ENV NAME=again',
        'RUN echo $NAME > /3',
    ],
    steps: [EDIT],
});
scenario('arguments before the first FROM', {
    files: FILES,
    buildArgs: { BASE: 'livepush-base' },
    dockerfile: [
        'ARG BASE=none',
        'ARG SUFFIX=x',
        'FROM ${BASE}',
        'ARG SUFFIX',
        'COPY in.txt /',
        'RUN echo "[$BASE][$SUFFIX]" > /out; cat /in.txt >> /out',
    ],
    steps: [EDIT],
});
scenario('proxies are there without a declaration', {
    files: FILES,
    buildArgs: { HTTP_PROXY: 'http://proxy.invalid:1' },
    dockerfile: [
        'FROM livepush-base',
        'COPY in.txt /',
        'RUN echo "[$HTTP_PROXY][$http_proxy]" > /out; cat /in.txt >> /out',
    ],
    steps: [EDIT],
});
project(
    'a script of the context',
    {
        'build.sh': file('#!/bin/sh\nset -e\nmkdir -p out\ntr a-z A-Z < data > out/data\n', 0o755),
        data: 'x\n',
    },
    ['WORKDIR /p', 'COPY . .', 'RUN ./build.sh'],
    push(write('data', 'yy\n')),
    push(write('build.sh', '#!/bin/sh\nmkdir -p result\ncp data result/\n')),
);
scenario('a Python-like project on Debian', {
    files: { 'requirements.txt': 'flask\n', 'app/main.py': 'print(1)\n' },
    dockerfile: [
        'FROM debian:bookworm',
        'ENV PYTHONUNBUFFERED=1',
        'WORKDIR /app',
        'RUN useradd --uid 1500 --create-home runner',
        'COPY requirements.txt .',
        'RUN while read p; do install -D -m 644 /dev/null lib/$p/__init__.py; done < requirements.txt',
        'COPY --chown=runner app .',
        'USER runner',
        'CMD ["sleep", "infinity"]',
    ],
    ownCommand: true,
    exempt: [{ path: '/etc/shadow', reason: 'useradd notes the day' }],
    steps: [push(write('app/main.py', 'print(2)\n')), push(write('requirements.txt', 'django\n'))],
});
scenario('npm install on Node', {
    files: {
        'package.json': '{ "name": "shop", "dependencies": { "cart": "file:./cart" } }\n',
        'cart/package.json': '{ "name": "cart", "version": "1.0.0" }\n',
        'cart/index.js': 'exports.total = 1;\n',
        'src/server.js': 'require("cart"); setInterval(() => {}, 1e9);\n',
    },
    dockerfile: [
        'FROM node:20',
        'WORKDIR /app',
        'COPY package.json ./',
        'COPY cart cart',
        'RUN npm install --install-links --no-audit --no-fund --offline',
        '#dev-cmd-live=node src/server.js',
        'COPY src src',
        'CMD ["node", "src/server.js"]',
    ],
    ownCommand: true,
    exempt: [{ path: '/root/.npm', reason: 'npm writes logs and times there' }],
    steps: [
        pushWith(
            { restarts: false },
            write('src/server.js', 'console.log(require("cart")); setInterval(() => {}, 1e9);\n'),
        ),
        pushWith({ restarts: true }, write('cart/index.js', 'exports.total = 2;\n')),
    ],
});

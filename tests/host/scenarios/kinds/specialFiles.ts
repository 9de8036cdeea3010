/** Files that are more than a name and bytes: empty ones, hard links, pipes, capabilities, odd names. */
import { CAPABILITY } from '../harness/archive.js';
import {
    archive,
    fifo,
    hardlink,
    put,
    remove,
    rename,
    socket,
    symlink,
    write,
    type Entry,
} from '../harness/context.js';
import { push, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('special-files');
export const specialFiles = all;

/** What is being mended, by the beginning of a scenario's name. */
const PENDING = [
    'a hard link',
    'hard links',
    'a pipe',
    'a socket',
    'a file becomes a pipe',
    'names that are not UTF-8',
];

function copied(name: string, files: Readonly<Record<string, Entry>>, ...steps: Step[]): void {
    const dockerfile = ['FROM livepush-base', 'COPY d /app/d', 'COPY e /app/e'];
    const pending = PENDING.find((start) => name.startsWith(start));
    scenario(name, {
        files: { 'd/a': 'a\n', 'e/b': 'b\n', ...files },
        dockerfile,
        steps,
        ...(pending === undefined ? {} : { pending }),
    });
}

const empties = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`d/package${index}/__init__.py`, '']),
);
copied('many empty files', empties, push(write('d/package7/__init__.py', 'x\n')));
copied(
    'an empty file comes and goes',
    { 'd/.gitkeep': '' },
    push(write('d/new/.gitkeep', ''), write('d/a', '')),
    push(remove('d/.gitkeep'), write('d/a', 'a again\n')),
);

copied(
    'a hard link that is saved by one name',
    { 'd/h1': 'one\n', 'd/h2': hardlink('d/h1') },
    push(write('d/h1', 'two\n')),
);
copied(
    'hard links that come and go',
    {},
    push(put('d/h', hardlink('d/a'))),
    push(put('d/i', hardlink('d/a')), write('d/a', 'A\n')),
    push(remove('d/a')),
    push(remove('d/h'), write('d/h', 'apart\n')),
);
copied(
    'hard links across two copied directories',
    { 'd/h1': 'one\n', 'e/h2': hardlink('d/h1') },
    push(write('d/h1', 'two\n')),
);
copied(
    'a hard link that is renamed',
    { 'd/h1': 'one\n', 'd/h2': hardlink('d/h1') },
    push(rename('d/h1', 'd/h3')),
);

copied('a pipe in the context', { 'd/pipe': fifo }, push(write('d/a', 'A\n')));
copied('a pipe comes and goes', {}, push(put('d/pipe', fifo)), push(remove('d/pipe')));
copied('a socket in the context', { 'd/socket': socket }, push(write('d/a', 'A\n')));
copied('a socket comes and goes', {}, push(put('d/socket', socket)), push(remove('d/socket')));
copied('a file becomes a pipe', {}, push(put('d/a', fifo)), push(write('d/a', 'again\n')));

copied(
    'names that are not UTF-8',
    { 'd/caf\udce9': 'latin\n' },
    push(write('d/caf\udce9', 'LATIN\n')),
    push(write('d/\udcff\udcfe/x', 'x\n'), put('d/link', symlink('caf\udce9'))),
    push(remove('d/caf\udce9')),
);

const CAPABLE = archive([{ name: 'server', mode: 0o755, content: 's\n', attributes: CAPABILITY }], {
    format: 'pax',
});
scenario('a capability from a stage', {
    files: { 'x.tar': CAPABLE, in: '1\n' },
    dockerfile: [
        'FROM livepush-base AS build',
        'ADD x.tar /out/',
        'COPY in /out/in',
        'FROM livepush-base',
        'COPY --from=build /out /app',
    ],
    steps: [push(write('in', '2\n')), push(write('in', '3\n'))],
});
scenario('a capability of a file that a step moves', {
    files: { 'x.tar': CAPABLE, in: '1\n' },
    dockerfile: [
        'FROM livepush-base',
        'ADD x.tar /out/',
        'COPY in /in',
        'RUN mkdir /bin2 && mv /out/server /bin2/server-$(cat /in)',
    ],
    pending: 'capabilities of what a step makes',
    steps: [push(write('in', '2\n')), push(write('in', '3\n'))],
});
/** Debian has no command for it; 188 is `setxattr`. */
const SET_ATTRIBUTE =
    'my ($file, $name, $value) = ("/out", "user.note", "x"); ' +
    'syscall(188, $file, $name, $value, 1, 0) == 0 or die $!';
scenario('extended attributes of a user', {
    files: { in: '1\n' },
    dockerfile: [
        'FROM debian:bookworm',
        'COPY in /in',
        `RUN cp /in /out && perl -e '${SET_ATTRIBUTE}'`,
        'CMD ["sleep", "infinity"]',
    ],
    ownCommand: true,
    pending: 'attributes of a user',
    steps: [push(write('in', '2\n'))],
});
scenario('pipes, devices and hard links that a step makes, from a stage', {
    files: { in: '1\n' },
    dockerfile: [
        'FROM livepush-base AS build',
        'COPY in /out/in',
        'RUN cd /out && mkfifo -m 600 pipe && cat in > one && ln one two && ln -s one three',
        'FROM livepush-base',
        'COPY --from=build /out /app',
    ],
    steps: [push(write('in', '2\n'))],
});

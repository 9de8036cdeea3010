/** Whose the files are, and what may be done with them. */
import { chmod, file, put, remove, write, type Entry } from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('ownership');
export const ownership = all;

const SRC = {
    'in.txt': 'one\n',
    'src/a.txt': 'a\n',
    'src/sub/b.txt': 'b\n',
    passwd: 'root:x:0:0:::\n',
    group: 'root:x:0:\n',
};
const EDIT_A = push(write('src/a.txt', 'A\n'), write('src/sub/new/n.txt', 'n\n'));

function own(
    name: string,
    lines: readonly string[],
    steps: readonly Step[] = [EDIT_A],
    files: Readonly<Record<string, Entry>> = SRC,
): void {
    scenario(name, { files, dockerfile: ['FROM livepush-base', ...lines], steps });
}

own('root, whoever the user is', ['USER app', 'COPY src /app']);
own('by name', ['COPY --chown=app src /app']);
own('by name and group', ['COPY --chown=app:www src /app']);
own('by number', ['COPY --chown=1234 src /app']);
own('by number and number', ['COPY --chown=12:34 src /app']);
own('a user with no group after the colon', ['COPY --chown=12: src /app']);
own('a group alone', ['COPY --chown=:www src /app']);
own('a name with another primary group', ['COPY --chown=other src /app']);
own('a name that is not known', ['COPY --chown=nobody:nogroup src /app']);
own('a known user with a group that is not', ['COPY --chown=app:nogroup src /app']);
own('a name from a variable', ['ARG WHO=app', 'COPY --chown=${WHO}:${WHO} src /app']);
own('a user that a step adds', [
    'RUN echo "late:x:77:88:::" >> /etc/passwd',
    'COPY --chown=late src /app',
]);
scenario('a user whom a push makes another', {
    files: SRC,
    dockerfile: ['FROM livepush-base', 'COPY passwd /etc/passwd', 'COPY --chown=me src /app'],
    steps: [
        push(write('passwd', 'root:x:0:0:::\nme:x:5:6:::\n')),
        push(write('src/a.txt', 'A\n')),
        push(write('passwd', 'root:x:0:0:::\nme:x:7:8:::\n')),
    ],
});
own(
    'missing parents belong to the owner too',
    ['COPY --chown=app in.txt /one/two/three/in.txt'],
    [push(write('in.txt', 'two\n'))],
);
own('a directory that is there keeps its owner', [
    'RUN mkdir -p /app/sub && chown -R www:www /app',
    'COPY --chown=app src /app',
]);
own('nested directories take the new owner', [
    'COPY --chown=www src /app',
    'COPY --chown=app src /app',
]);
own('a step gives the files away', ['COPY src /app', 'RUN chown -R app:app /app']);
own(
    'a step gives them away, then a copy',
    ['COPY in.txt /app/', 'RUN chown -R app:app /app', 'COPY src /app/'],
    [EDIT_A, push(write('in.txt', 'two\n'))],
);
scenario('a set-group-id directory', {
    files: SRC,
    dockerfile: [
        'FROM livepush-base',
        'COPY in.txt /opt/shared/x/',
        'RUN touch /opt/shared/y && mkdir /opt/shared/z',
    ],
    steps: [push(write('in.txt', 'two\n'))],
});
own(
    'modes of the context',
    ['COPY src /app'],
    [
        push(chmod('src/a.txt', 0o600)),
        push(put('src/run', file('#!/bin/sh\n', 0o755))),
        push(chmod('src/run', 0o6755)),
        push(chmod('src/a.txt', 0o444)),
    ],
);
own('an owner and a mode together', ['COPY --chown=app:www --chmod=750 src /app']);
own('a replaced file takes owner and mode anew', [
    'RUN mkdir /app && echo x > /app/a.txt && chown app /app/a.txt && chmod 600 /app/a.txt',
    'COPY src /app',
]);
own('the working directory of a user', ['USER app', 'WORKDIR /srv/x', 'COPY --chown=app src .']);
own('the root user by name', ['USER app', 'COPY --chown=root src /app']);
own('big numbers', ['COPY --chown=2000000000:2097152 src /app']);
own(
    'a copy that uncovers what a step gave away',
    ['RUN mkdir /app && echo x > /app/a.txt && chown app:www /app/a.txt', 'COPY src /app'],
    [push(remove('src/a.txt')), push(write('src/a.txt', 'back\n'))],
);
own(
    'a mode that BuildKit masks',
    ['COPY --chmod=0644 in.txt /one/two/in.txt'],
    [pushWith({}, write('in.txt', 'two\n'))],
);

/** What BuildKit's frontend adds: heredocs, mounts, flags of COPY, platforms, parser directives. */
import { Buffer } from 'node:buffer';
import { chmod, put, remove, write, file, type Entry } from '../harness/context.js';
import { push, pushWith, scenariosOf, type Step } from '../harness/scenario.js';
import { tarOf } from './archives.js';

const { all, scenario } = scenariosOf('buildkit');
export const buildkit = all;

const SRC = { 'in.txt': 'one\n', 'src/a.txt': 'a\n', 'src/b.txt': 'b\n', 'src/sub/c.txt': 'c\n' };
const EDIT = push(write('in.txt', 'two\n'));
const EDIT_A = push(write('src/a.txt', 'A\n'));

function kit(
    name: string,
    lines: readonly string[],
    steps: readonly Step[] = [EDIT],
    files: Readonly<Record<string, Entry>> = SRC,
): void {
    scenario(name, { files, dockerfile: ['FROM livepush-base', ...lines], steps });
}

kit('a script as a heredoc', [
    'COPY in.txt /',
    'RUN <<EOF',
    'cat /in.txt > /1',
    'cat /1 /1 > /2',
    'EOF',
]);
kit('a heredoc does not stop at a failure', [
    'COPY in.txt /',
    'RUN <<EOF',
    'false',
    'cp /in.txt /1',
    'EOF',
]);
kit('a heredoc with its own interpreter', [
    'COPY in.txt /',
    'RUN <<EOF',
    '#!/bin/awk -f',
    'BEGIN { while ((getline line < "/in.txt") > 0) print "<" line ">" > "/out" }',
    'EOF',
]);
kit('a quoted heredoc', [
    'ENV A=env',
    'COPY in.txt /',
    "RUN <<'EOF'",
    'A=shell',
    'echo "$A" > /out',
    'cat /in.txt >> /out',
    'EOF',
]);
kit('a heredoc into a program', [
    'COPY in.txt /',
    'RUN cat <<EOF > /out && cat /in.txt >> /out',
    'hello $HOME',
    'EOF',
]);
kit('two heredocs of one step', [
    'COPY in.txt /',
    'RUN cat <<A > /1; cat <<B > /2; cat /in.txt >> /2',
    'in a',
    'A',
    'in b',
    'B',
]);
kit('a heredoc with tabs', [
    'COPY in.txt /',
    'RUN <<-EOF',
    '\tcat /in.txt > /out',
    '\tcat >> /out <<-X',
    '\t\tindented',
    '\tX',
    '\tEOF',
]);
kit('a heredoc under a shell of its own', [
    'SHELL ["/bin/sh", "-ec"]',
    'COPY in.txt /',
    'RUN <<EOF',
    'echo $- > /out',
    'cat /in.txt >> /out',
    'EOF',
]);
kit('a heredoc as a user in a directory', [
    'COPY in.txt /',
    'WORKDIR /w',
    'RUN chown app /w',
    'USER app',
    'RUN <<EOF',
    'pwd > out',
    'cat /in.txt >> out',
    'EOF',
]);
kit('a file as a heredoc', [
    'ENV WHO=world',
    'COPY in.txt /x/',
    'COPY <<greeting.txt /x/',
    'hello $WHO',
    'greeting.txt',
    'RUN cat /x/* > /all',
]);
kit('a file as a heredoc, as it stands', [
    'COPY in.txt /',
    "COPY --chmod=755 <<'EOF' /run.sh",
    '#!/bin/sh',
    'echo $HOME',
    'EOF',
    'RUN /run.sh > /out; cat /in.txt >> /out',
]);
kit('heredocs and files in one copy', ['COPY in.txt <<one <<two /x/', '1', 'one', '2', 'two']);
kit('instructions in a heredoc are text', [
    'COPY in.txt /',
    'RUN <<EOF',
    'cat > /Dockerfile.out <<X',
    'FROM nothing',
    'COPY a b',
    'X',
    'cat /in.txt >> /Dockerfile.out',
    'EOF',
]);

kit(
    'a cache mount',
    [
        'COPY in.txt /',
        'RUN --mount=type=cache,target=/root/.cache cp /in.txt /root/.cache/x && cp /root/.cache/x /out',
    ],
    [EDIT, push(write('in.txt', 'three\n'))],
);
kit('a cache mount in a directory that it makes', [
    'COPY in.txt /',
    'WORKDIR /w',
    'RUN --mount=type=cache,target=deep/cache,id=deep echo x > deep/cache/x; cp /in.txt out',
]);
kit('a cache mount over files of the image', [
    'COPY in.txt /',
    'RUN --mount=type=cache,target=/usr/share/base ls /usr/share/base > /ls; cat /in.txt >> /ls',
]);
kit('a bind mount of the context', ['RUN --mount=type=bind,target=/ctx cat /ctx/in.txt > /out']);
kit(
    'a bind mount of one file',
    [
        'WORKDIR /w',
        'RUN --mount=type=bind,source=in.txt,target=in.txt cp in.txt out',
        'RUN --mount=source=src,target=/s cat /s/*.txt > all',
    ],
    [EDIT, EDIT_A],
);
kit('a bind mount that is written to', [
    'RUN --mount=type=bind,target=/ctx,rw echo x > /ctx/new && cat /ctx/in.txt /ctx/new > /out',
]);
kit('a bind mount cannot be written to', [
    'RUN --mount=type=bind,target=/ctx cat /ctx/in.txt > /out; if echo x > /ctx/new; then echo written; else echo refused; fi >> /out',
]);
kit(
    'a bind mount of what is not used',
    ['COPY in.txt /', 'RUN --mount=type=bind,source=src,target=/s cp /s/a.txt /out'],
    [EDIT, EDIT_A, push(remove('src/b.txt'))].slice(0, 2),
);
scenario('a bind mount of another stage', {
    files: SRC,
    dockerfile: [
        'FROM livepush-base AS tools',
        'COPY src /tools',
        'FROM livepush-base',
        'RUN --mount=type=bind,from=tools,source=/tools,target=/t cat /t/*.txt > /out',
    ],
    steps: [EDIT_A, push(remove('src/b.txt'))],
});
scenario('a bind mount of an image', {
    files: SRC,
    dockerfile: [
        'FROM livepush-base',
        'COPY in.txt /',
        'RUN --mount=from=busybox,target=/bb ls /bb/bin | head -3 > /out; cat /in.txt >> /out',
    ],
    steps: [EDIT],
});
kit('a tmpfs mount', [
    'COPY in.txt /',
    'RUN --mount=type=tmpfs,target=/scratch cp /in.txt /scratch/ && cp /scratch/in.txt /out',
]);
kit('a secret that is not given', [
    'COPY in.txt /',
    'RUN --mount=type=secret,id=token ls /run/secrets > /out 2>&1; cat /in.txt > /out2',
]);
kit(
    'several mounts of one step',
    [
        'COPY in.txt /',
        'RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t --mount=target=/ctx,source=src cp /ctx/a.txt /t/ && cp /t/a.txt /c/ && cat /c/a.txt /in.txt > /out',
    ],
    [EDIT, EDIT_A],
);

kit('a linked copy', ['COPY --link src /app/'], [EDIT_A, push(remove('src/b.txt'))]);
kit('a linked copy with a mode and an owner', ['COPY --link --chown=1:2 --chmod=640 in.txt /app/']);
kit(
    'a mode for a file',
    ['COPY --chmod=600 in.txt /app/'],
    [EDIT, pushWith({ noChange: true }, chmod('in.txt', 0o755))],
);
kit(
    'a mode for a directory and all below',
    ['COPY --chmod=711 src /app'],
    [EDIT_A, push(write('src/new/n.txt', 'n\n'))],
);
kit(
    'a mode over a directory that is there',
    ['RUN mkdir -m 700 /app', 'COPY --chmod=755 src /app'],
    [EDIT_A],
);
kit('a mode with a sticky bit', ['COPY --chmod=4755 in.txt /app/']);
scenario('the platform of the build', {
    files: SRC,
    dockerfile: [
        'FROM --platform=$BUILDPLATFORM livepush-base AS build',
        'ARG TARGETARCH',
        'ARG TARGETPLATFORM',
        'COPY in.txt /',
        'RUN echo "$TARGETARCH $TARGETPLATFORM [$BUILDARCH]" > /p; cat /in.txt >> /p',
        'FROM livepush-base',
        'COPY --from=build /p /p',
    ],
    steps: [EDIT],
});
scenario('another escape character', {
    files: SRC,
    dockerfile: [
        '# escape=`',
        'FROM livepush-base',
        'COPY in.txt `',
        '  /app/',
        'RUN echo a\\\\b > /out && `',
        '  cat /app/in.txt >> /out',
    ],
    steps: [EDIT],
});
kit('comments and blank lines within an instruction', [
    'COPY \\',
    '# the input',
    '',
    '  in.txt \\',
    '  /app/',
    'RUN cp /app/in.txt \\',
    '',
    '  # and on',
    '  /out',
]);
kit('variables with modifiers', [
    'ENV V=1.2.3-beta',
    'COPY in.txt /${V%-*}/${V##*-}/${V:+set}/${NONE:-none}/',
    'WORKDIR /${V%%.*}',
    'RUN cp /1.2.3/beta/set/none/in.txt .',
]);
kit('a variable that a word replaces', ['ENV V=a-b-c', 'COPY in.txt /${V/-/_}/${V//-/_}/']);
kit('a health check, a label and a signal', [
    'LABEL a=b',
    'HEALTHCHECK --interval=1h CMD true',
    'STOPSIGNAL SIGUSR1',
    'EXPOSE 80',
    'COPY in.txt /',
    'RUN cp /in.txt /out',
]);
kit('a volume that a later step fills', [
    'VOLUME /data',
    'COPY in.txt /in.txt',
    'RUN cp /in.txt /out',
]);
scenario('a trigger of the stage before', {
    files: SRC,
    dockerfile: [
        'FROM livepush-base AS parent',
        'ONBUILD COPY in.txt /trigger/',
        'ONBUILD RUN cat /trigger/in.txt > /made',
        'FROM parent',
        'COPY src /src',
    ],
    steps: [EDIT, EDIT_A],
});

const archive = (files: Readonly<Record<string, string>>): Entry => file(tarOf(files));
kit(
    'an archive is unpacked',
    ['ADD data.tar /data/'],
    [push(put('data.tar', archive({ 'a.txt': 'A\n', 'd/n.txt': 'n\n' })))],
    { 'data.tar': archive({ 'a.txt': 'a\n', 'd/b.txt': 'b\n' }) },
);
kit(
    'an archive is replaced by a file',
    ['ADD data.tar /data/'],
    [push(write('data.tar', 'no archive\n'))],
    { 'data.tar': archive({ 'a.txt': 'a\n' }) },
);
kit(
    'an archive that is copied stays one',
    ['COPY data.tar /data/'],
    [push(put('data.tar', archive({ 'a.txt': 'A\n' })))],
    { 'data.tar': archive({ 'a.txt': 'a\n' }) },
);
kit(
    'an archive in a directory stays one',
    ['ADD d /data/'],
    [push(put('d/data.tar', archive({ 'a.txt': 'A\n' })))],
    { 'd/data.tar': archive({ 'a.txt': 'a\n' }) },
);
kit(
    'a compressed archive over files that are there',
    ['COPY in.txt /data/d', 'ADD data.tgz /data'],
    [
        push(put('data.tgz', file(tarOf({ d: 'two\n', 'x/y': 'y\n' }, true)))),
        push(write('data.tgz', Buffer.from('plain'))),
    ],
    { 'in.txt': '1\n', 'data.tgz': file(tarOf({ d: 'one\n' }, true)) },
);

/** Archives that ADD unpacks: every compression and destination, and whatever an archive can hold. */
import { CAPABILITY, type Archive, type Member } from '../harness/archive.js';
import { archive, put, write, type Entry } from '../harness/context.js';
import { push, scenariosOf } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('archives');
export const addArchives = all;

const HELD = [
    'two archives',
    'an archive by a wildcard',
    'devices and pipes',
    'long names',
    'capabilities',
    'directories with modes',
    'names in an archive',
];
/** What is being mended: destinations without a slash, and members that an archive no longer has. */
const PENDING = 'archives in the last steps';

const file = (name: string, content: string): Member => ({ name, content });

/** An ADD of an archive that is then replaced by another. */
function added(
    name: string,
    lines: readonly string[],
    before: readonly Member[],
    after: readonly Member[],
    how: Partial<Archive> = {},
    files: Readonly<Record<string, Entry>> = {},
): void {
    scenario(name, {
        files: { ...files, 'x.tar': archive(before, how) },
        dockerfile: ['FROM livepush-base', 'WORKDIR /app', ...lines],
        steps: [push(put('x.tar', archive(after, how)))],
        ...(HELD.some((start) => name.startsWith(start)) ? {} : { pending: PENDING }),
    });
}

const ONE = [file('a', '1\n'), file('d/b', '1\n')];
const TWO = [file('a', '2\n'), file('d/c', '2\n')];

for (const compression of ['', 'gz', 'bz2', 'xz', 'zst'] as const) {
    const what = compression === '' ? 'plain' : compression;
    added(`a ${what} archive`, ['ADD x.tar /opt/app/'], ONE, TWO, { compression });
}
for (const [what, destination] of [
    ['a destination without a slash', '/opt/app'],
    ['the working directory', '.'],
    ['a relative destination', 'sub/app'],
    ['the root', '/'],
    ['a directory that is there', '/srv'],
    ['a link to a directory', '/usr/share/link'],
] as const) {
    added(`an archive to ${what}`, [`ADD x.tar ${destination}`], ONE, TWO);
}
added('an archive before a step', ['ADD x.tar lib', 'RUN cat lib/a > a'], ONE, TWO);
added('an archive with an owner', ['ADD --chown=app x.tar lib'], ONE, TWO);
added(
    'two archives to one place',
    ['ADD x.tar y.tar lib/'],
    ONE,
    TWO,
    {},
    { 'y.tar': archive(ONE) },
);
added('an archive by a wildcard', ['ADD *.tar lib/'], ONE, TWO, {}, { 'y.tar': archive(ONE) });

added(
    'links of every kind in an archive',
    ['ADD x.tar /opt/app/'],
    [file('a', '1\n')],
    [
        file('a', '2\n'),
        { name: 'same', type: 'hardlink', link: 'a' },
        { name: 'relative', type: 'symlink', link: 'a' },
        { name: 'absolute', type: 'symlink', link: '/etc/motd' },
        { name: 'above', type: 'symlink', link: '../../../../../etc/motd' },
        { name: 'nowhere', type: 'symlink', link: 'nothing' },
    ],
);
added(
    'devices and pipes in an archive',
    ['ADD x.tar /opt/app/'],
    [{ name: 'pipe', type: 'fifo' }],
    [
        { name: 'pipe', type: 'fifo', mode: 0o600 },
        { name: 'null', type: 'character', device: [1, 3], mode: 0o666 },
        { name: 'disk', type: 'block', device: [7, 0], mode: 0o660 },
    ],
);
added(
    'capabilities in an archive',
    ['ADD x.tar /opt/app/'],
    [file('server', '1\n')],
    [{ ...file('server', '2\n'), mode: 0o755, attributes: CAPABILITY }],
    { format: 'pax' },
);
for (const format of ['gnu', 'pax'] as const) {
    const long = `${'directory/'.repeat(15)}${'n'.repeat(120)}`;
    added(
        `long names in an archive of the format ${format}`,
        ['ADD x.tar /opt/app/'],
        [file(long, '1\n')],
        [file(long, '2\n'), { name: 'link', type: 'symlink', link: long }],
        { format },
    );
}
added(
    'directories with modes and owners in an archive',
    ['RUN mkdir -p /opt/app/d && echo x > /opt/app/d/x', 'ADD x.tar /opt/app'],
    [{ name: 'd', type: 'directory', mode: 0o700 }, file('d/a', '1\n')],
    [
        { name: 'd', type: 'directory', mode: 0o1777, uid: 33, gid: 50 },
        { name: 'd/a', type: 'directory', mode: 0o750 },
    ],
);
added(
    'an archive over what is there',
    ['RUN mkdir -p /opt/app/d/e && echo f > /opt/app/f', 'ADD x.tar /opt/app'],
    [file('a', '1\n')],
    [file('d', 'was a directory\n'), file('f/in', 'was a file\n')],
);
added('an empty archive after a full one', ['ADD x.tar /opt/app/'], ONE, [
    { name: 'only', type: 'directory', mode: 0o755 },
]);
added(
    'names in an archive that are not clean',
    ['ADD x.tar /opt/app/'],
    [file('./a', '1\n')],
    [file('./a', '2\n'), file('/absolute', '2\n'), file('d/../b', '2\n')],
);
scenario('a text that becomes an archive and a text again, by COPY', {
    files: { 'x.tar': 'text\n' },
    dockerfile: ['FROM livepush-base', 'COPY x.tar /opt/'],
    steps: [push(put('x.tar', archive(ONE))), push(write('x.tar', 'again\n'))],
});

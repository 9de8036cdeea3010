/** Random build contexts, and edits of them: few paths, so that edits meet each other and the instructions. */
import fc from 'fast-check';
import { CAPABILITY, type Archive, type Member } from '../harness/archive.js';
import { archive, directory, fifo, hardlink, socket, symlink } from '../harness/context.js';
import type { Edit, Entry } from '../harness/context.js';

const DIRECTORIES = ['d', 'd/s', 'e', 'e/s'];

/** One of these is among the names of a context. */
export const ODD_NAMES = [
    'n m',
    "it's",
    '"q"',
    'line\nbreak',
    'größe',
    '-rf',
    '.hidden',
    '$V',
    'back\\slash',
    '#',
    '*',
    '[x]',
    '.wh.a',
    '..a',
    'n'.repeat(120),
    'caf\udce9',
];

/** The archive that ADD may unpack. */
export const ARCHIVE = 'x.tar';

/** What there is to choose from, given the odd name that a context has. */
export interface Choices {
    readonly files: fc.Arbitrary<Record<string, Entry>>;
    readonly edit: fc.Arbitrary<Edit>;
}

const weighed = <T>(...pairs: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
    fc.oneof(...pairs.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const someMode = fc.constantFrom(0o644, 0o755, 0o600, 0o4755);
const someText = fc.integer({ min: 0, max: 5 }).map((n) => `${n}\n`.repeat(n));
const someFile: fc.Arbitrary<Entry> = fc.record({
    kind: fc.constant('file' as const),
    content: someText,
    mode: someMode,
});
const someTarget = fc.constantFrom(
    'a',
    '../e/a',
    's',
    '.',
    '/etc/motd',
    '../../../outside',
    '/w',
    'nowhere',
);

const someMember: fc.Arbitrary<Member> = fc.record(
    {
        name: fc.constantFrom('a', 's/b', 's', 'l', 'l/in', './h', 'x/../y', 'm'.repeat(130)),
        type: weighed<'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character'>(
            [2, fc.constantFrom('directory', 'symlink', 'hardlink')],
            [1, fc.constantFrom('fifo', 'character')],
        ),
        link: fc.constantFrom('a', '/etc/motd', '../../../../etc', 's'),
        mode: fc.constantFrom(0o644, 0o750, 0o2755),
        content: someText,
        attributes: fc.constant(CAPABILITY),
    },
    { requiredKeys: ['name', 'link', 'mode', 'content'] },
);

const FIRST = archive([{ name: 'first', content: '1\n' }]);

const someArchive: fc.Arbitrary<Entry> = fc
    .record({
        members: fc.array(someMember, { maxLength: 4 }),
        format: fc.constantFrom<Archive['format'][]>('gnu', 'pax'),
        compression: fc.constantFrom<Archive['compression'][]>('', '', 'gz', 'bz2', 'xz', 'zst'),
    })
    .map(({ members, ...how }) => archive([{ name: 'first', content: '1\n' }, ...members], how));

const someIgnoreText = fc.constantFrom<Entry[]>('d/s\n', '**/a\n', '**\n!d\n', 'e/*\n!e/b\n', '');

/** An ignore file is a file, mostly. */
const someIgnoreFile = weighed<Entry>(
    [6, someIgnoreText],
    [1, fc.constantFrom(symlink('d/a'), symlink('nowhere'))],
    [1, fc.constant(directory())],
);

/** Contexts and edits in which a name is odd; `plain` ones have files, directories and links alone. */
export function choicesWith(odd: string, plain: boolean): Choices {
    const someDirectory = fc.constantFrom(...DIRECTORIES);
    const someName = fc.constantFrom('a', 'b', 'c.x', odd);
    const inside = fc.tuple(someDirectory, someName).map((parts) => parts.join('/'));
    const somePath = weighed([6, inside], [1, fc.constantFrom('top', 'a')]);
    const anyPath = fc.oneof(somePath, someDirectory);
    const special = plain ? 0 : 1;
    const someEntry = weighed<Entry>(
        [8, someFile],
        [2, someTarget.map(symlink)],
        [1, fc.constant(directory(0o700))],
        [special, somePath.map(hardlink)],
        [special, fc.constantFrom(fifo, socket)],
    );
    const edit = weighed<Edit>(
        [6, fc.record({ op: fc.constant('put' as const), path: somePath, entry: someEntry })],
        [3, fc.record({ op: fc.constant('remove' as const), path: anyPath })],
        [
            2,
            fc.record({
                op: fc.constant('rename' as const),
                path: anyPath,
                to: fc.oneof(somePath, fc.constantFrom('d/n', 'e/n', 'f')),
            }),
        ],
        [1, fc.record({ op: fc.constant('chmod' as const), path: somePath, mode: someMode })],
        [1, fc.record({ op: fc.constant('touch' as const), path: somePath })],
        [1, putAt('.dockerignore', plain ? someIgnoreText : someIgnoreFile)],
        [2 * special, putAt(ARCHIVE, someArchive)],
        [special, putAt(ARCHIVE, someFile)],
    );
    const files = fc
        .record({
            archive: plain ? fc.constant(FIRST) : someArchive,
            more: fc.array(fc.tuple(somePath, someEntry), { maxLength: 4 }),
        })
        .map(({ archive, more }) => ({ ...START, [ARCHIVE]: archive, ...sound(more) }));
    return { files, edit };
}

const START: Record<string, Entry> = {
    'd/a': '1\n',
    'd/empty': '',
    'd/s/a': '2\n',
    'e/b': '3\n',
    'e/s/a': '',
};

const putAt = (path: string, entry: fc.Arbitrary<Entry>): fc.Arbitrary<Edit> =>
    entry.map((made) => ({ op: 'put', path, entry: made }));

/** Only what is there from the beginning has further names. */
function sound(more: readonly (readonly [string, Entry])[]): Record<string, Entry> {
    return Object.fromEntries(
        more.map(([path, entry]) => {
            const linked = typeof entry !== 'string' && entry.kind === 'hardlink';
            return [path, linked ? hardlink(path === 'd/a' ? 'd/s/a' : 'd/empty') : entry];
        }),
    );
}

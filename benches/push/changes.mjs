/** The changes that are measured: what a project holds, what is edited, and what that costs Docker. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, get, kill, put } from './floor.mjs';

const numbered = (count, folder) =>
    Array.from({ length: count }, (_, index) => `${folder}/file-${index}.txt`);

const small = 2048;
const large = 50 * 1024 * 1024;

// What follows the directive needs no restart; without one, every push ends with a restart.
const copied = (live) => ['FROM busybox', ...live, 'COPY src /app/src'];
const inPlace = ['#dev-cmd-live=sleep 1000000'];
const command = ['CMD ["sleep", "1000000"]'];

const one = numbered(1, 'src');
const many = numbered(1000, 'src');
const some = numbered(200, 'src');
const staged = numbered(500, 'src');

/** Writes new content into files of the project in `folder`. */
export function write(folder, paths, size, round) {
    for (const path of paths) {
        const file = join(folder, path);
        mkdirSync(join(file, '..'), { recursive: true });
        writeFileSync(file, Buffer.alloc(size, `${path} ${round}\n`));
    }
}

const rewrite = (paths, size) => (folder, round) => {
    write(folder, paths, size, round);
    return { updated: paths, deleted: [] };
};

/**
 * `before` puts a project into the state from which it is edited (not timed); `edit` makes the
 * change that is timed and returns its paths; `floor` are the bare calls that it needs; `seen` is a
 * file in which the change can be seen, for who does not say when it is done.
 */
export const changes = [
    {
        name: 'one file, no restart',
        dockerfile: [...copied(inPlace), ...command],
        files: one,
        size: small,
        rounds: 40,
        seen: { path: one[0], inContainer: '/app/src/file-0.txt' },
        edit: rewrite(one, small),
        floor: ({ live, folder }) => put(live, folder, one, '/app'),
    },
    {
        name: 'one file, restart',
        dockerfile: [...copied([]), ...command],
        files: one,
        size: small,
        rounds: 8,
        edit: rewrite(one, small),
        floor: async ({ live, folder }) => {
            await put(live, folder, one, '/app');
            await kill(live);
        },
    },
    {
        name: 'one file, one RUN, restart',
        dockerfile: [...copied([]), 'RUN cp /app/src/file-0.txt /app/made.txt', ...command],
        files: one,
        size: small,
        rounds: 8,
        edit: rewrite(one, small),
        floor: async ({ live, folder }) => {
            await put(live, folder, one, '/app');
            await exec(live, ['cp', '/app/src/file-0.txt', '/app/made.txt']);
            await kill(live);
        },
    },
    {
        name: '1000 files, no restart',
        dockerfile: [...copied(inPlace), ...command],
        files: many,
        size: small,
        rounds: 8,
        edit: rewrite(many, small),
        floor: ({ live, folder }) => put(live, folder, many, '/app'),
    },
    {
        name: 'one 50 MB file',
        dockerfile: [...copied(inPlace), ...command],
        files: one,
        size: large,
        rounds: 8,
        edit: rewrite(one, large),
        floor: ({ live, folder }) => put(live, folder, one, '/app'),
    },
    {
        name: '200 deleted files',
        dockerfile: [...copied(inPlace), ...command],
        files: [...some, 'src/kept.txt'],
        size: small,
        rounds: 8,
        before: rewrite(some, small),
        edit: (folder) => {
            for (const path of some) rmSync(join(folder, path));
            return { updated: [], deleted: some };
        },
        floor: ({ live }) => exec(live, ['rm', '-rf', '--', ...some.map((path) => `/app/${path}`)]),
        restore: (live, folder) => put(live, folder, some, '/app'),
        gone: '/app/src/file-0.txt',
    },
    {
        name: 'two stages, 500 files, one changed',
        dockerfile: [
            ...['FROM busybox AS builder', 'COPY src /built/src'],
            ...['FROM busybox', 'COPY --from=builder /built/src /app/src'],
            ...command,
        ],
        files: staged,
        size: small,
        rounds: 8,
        edit: rewrite(staged.slice(0, 1), small),
        floor: async ({ live, stages, folder }) => {
            await put(stages[0], folder, staged.slice(0, 1), '/built');
            await live.putArchive(await get(stages[0], '/built/src'), { path: '/app' });
            await kill(live);
        },
    },
];

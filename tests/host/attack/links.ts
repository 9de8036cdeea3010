/** What an application does to the folders that pushes write to; the same with and without the helper. */
import { expect, test } from 'vitest';
import { victim, type Victim } from './victim.js';

/** Replaces the folder that is pushed to by a link, and saves files of the names that are there. */
const ATTACKS: readonly [name: string, commands: readonly string[]][] = [
    ['a folder becomes a link into a mount', ['mv src real', 'ln -s /mnt/host src']],
    ['a folder becomes a link into the system', ['mv src real', 'ln -s /etc src']],
    ['a folder below becomes a link', ['mv src/below src/real', 'ln -s /mnt/host src/below']],
    [
        'a folder becomes a link to a link',
        ['mv src real', 'ln -s /mnt first', 'ln -s first/host src'],
    ],
    [
        'a file becomes a link',
        ['rm src/secret src/passwd', 'ln -s /mnt/host/secret src/secret', 'ln -s /etc/passwd src'],
    ],
    ['a folder becomes a file', ['rm -r src', 'touch src']],
];

export function linksAreNotFollowed(): void {
    test.each(ATTACKS)('%s', async (_name, commands) => {
        const attacked = await victim();
        await attacked.inside(['sh', '-ec', ['cd /app', ...commands].join('\n')]);
        await push(attacked);
        await attacked.expectUntouched();
        expect(await attacked.inside(['cat', '/app/src/passwd', '/app/src/secret'])).toBe(
            'p2\ns2\n',
        );
    });

    test('nothing is removed behind a link', async () => {
        const attacked = await victim();
        await attacked.inside(['sh', '-ec', 'cd /app; mv src real; ln -s /mnt/host src']);
        await attacked.remove('src/secret');
        await attacked.remove('src/below');
        const deleted = ['src/secret', 'src/below/secret', 'src/below'];
        const result = await attacked.session.push({ updated: [], deleted });
        expect(result).toMatchObject({ outcome: 'done' });
        await attacked.expectUntouched();
    });
}

async function push(attacked: Victim): Promise<void> {
    await attacked.save('src/passwd', 'p2\n');
    await attacked.save('src/secret', 's2\n');
    await attacked.save('src/below/secret', 's2\n');
    const updated = ['src/passwd', 'src/secret', 'src/below/secret'];
    expect(await attacked.session.push({ updated, deleted: [] })).toMatchObject({
        outcome: 'done',
    });
}

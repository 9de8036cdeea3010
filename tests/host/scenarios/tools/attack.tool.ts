/**
 * Pushes into a container whose application exchanges the folders for links all the time:
 * `npm run test:attack -- --pushes 10000`. Nothing outside its folder may change.
 */
import { expect, test, vi } from 'vitest';
import { HelperUnavailable } from '../../../../extension/host/helper/errors.js';
import { docker, victim, type Victim } from '../../attack/victim.js';

const PUSHES = Number(process.env['LIVEPUSH_PUSHES'] ?? 10_000);
/** Without the helper a push takes many times as long. */
const WITHOUT_HELPER = 10;

const helper = vi.hoisted(() => ({ isThere: true }));

vi.mock(import('../../../../extension/host/helper/binary.js'), async (original) => {
    const { binaryOf } = await original();
    return {
        binaryOf: (architecture) =>
            helper.isThere
                ? binaryOf(architecture)
                : Promise.reject(new HelperUnavailable('none is made for this test')),
    };
});

/** Exchanges a folder for a link, and back, as fast as it can. */
const EXCHANGE = `
const fs = require('fs');
const [path, ...targets] = process.argv.slice(1);
const attempt = (work) => { try { work(); } catch {} };
for (let round = 0; ; round++) {
    attempt(() => fs.renameSync(path, path + '-real'));
    attempt(() => fs.symlinkSync(targets[round % targets.length], path));
    attempt(() => fs.unlinkSync(path));
    attempt(() => fs.renameSync(path + '-real', path));
    if (round % 64 === 0) attempt(() => fs.rmSync(path + '-real', { recursive: true }));
}
`;

test(`${PUSHES} pushes by the helper`, { timeout: 3_600_000 }, async () => {
    helper.isThere = true;
    await pushAll(PUSHES);
});

test(`${PUSHES / WITHOUT_HELPER} pushes without the helper`, { timeout: 3_600_000 }, async () => {
    helper.isThere = false;
    await pushAll(PUSHES / WITHOUT_HELPER);
});

async function pushAll(pushes: number): Promise<void> {
    const attacked = await victim('node:20');
    await exchange(attacked, '/app/src', '/mnt/host', '/etc');
    await exchange(attacked, '/app/src/below', '/mnt/host', '../../../mnt/host/below');
    const outcomes = new Map<string, number>();
    for (let count = 0; count < pushes; count += 1) {
        const outcome = await pushOne(attacked, count);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (count % 500 === 0) await attacked.expectUntouched();
    }
    await attacked.expectUntouched();
    console.log(`${pushes} pushes:`, Object.fromEntries(outcomes));
    expect(outcomes.get('done') ?? 0).toBeGreaterThan(0);
}

/** Every third push deletes a file, so that removals are exchanged too. */
async function pushOne(attacked: Victim, count: number): Promise<string> {
    const deleted: string[] = [];
    const updated = ['src/passwd', 'src/below/secret'];
    for (const path of updated) await attacked.save(path, `${count}\n`);
    if (count % 3 === 0) {
        await attacked.remove('src/secret');
        deleted.push('src/secret');
    } else {
        await attacked.save('src/secret', `${count}\n`);
        updated.push('src/secret');
    }
    const { outcome, error } = await attacked.session.push({ updated, deleted });
    return outcome === 'failed' ? `failed (${error?.code ?? ''})` : outcome;
}

async function exchange({ session }: Victim, ...words: string[]): Promise<void> {
    const exec = await docker.getContainer(session.containerId).exec({
        Cmd: ['node', '-e', EXCHANGE, ...words],
        User: '1000',
    });
    await exec.start({ Detach: true });
}

/** On a machine for which no helper is made, an image without a shell is kept live as far as Docker's calls go. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { HelperUnavailable } from '../../extension/host/helper/errors.js';
import { Session } from '../../extension/host/session/session.js';

vi.mock('../../extension/host/helper/binary.js', () => ({
    binaryOf: () => Promise.reject(new HelperUnavailable('none is made for this test')),
}));

test('a step that cannot be replayed waits for a rebuild', async () => {
    const docker = await connect();
    const context = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(context, { recursive: true }));
    const dockerfile = join(context, 'Dockerfile');
    const program = '"/busybox", "cp", "/page", "/made"';
    await writeFile(
        dockerfile,
        `FROM busybox AS tools
FROM scratch
COPY --from=tools /bin/busybox /busybox
COPY page other /
RUN [${program}]
CMD ["/busybox", "sleep", "100000"]
`,
    );
    await writeFile(join(context, 'page'), 'p1\n');
    await writeFile(join(context, 'other'), 'o1\n');
    const session = await Session.start({ docker, dockerfile, context });
    onTestFinished(() => session.close({ removeContainer: true }));
    await writeFile(join(context, 'page'), 'p2\n');
    expect(await session.push({ updated: ['page'], deleted: [] })).toMatchObject({
        outcome: 'failed',
        error: {
            code: 'rebuild-needed',
            message: 'Nothing in the image can replay a step: it has no shell',
            lines: [5, 5],
        },
    });
    await session.rebuild();
    expect(await session.verify()).toEqual([]);
});

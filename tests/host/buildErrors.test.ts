/** A build that fails at the start says in which line, and what to do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LivepushErrorShape } from '../../extension/host/api.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();

/** What a start of a project with this Dockerfile and a file `a` fails with. */
async function failure(text: string): Promise<LivepushErrorShape> {
    const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'Dockerfile'), text);
    await writeFile(join(folder, 'a'), 'a');
    const dockerfile = join(folder, 'Dockerfile');
    try {
        const session = await Session.start({ docker, dockerfile, context: folder });
        await session.close({ removeContainer: true });
    } catch (error) {
        return error as LivepushErrorShape;
    }
    throw new Error('It has started');
}

describe('a build error names the line', () => {
    test.each([
        ['an unclosed quote', 'FROM busybox\nRUN true\nCOPY "a /a\n', 3],
        ['an unknown modifier', 'FROM busybox\nENV B=b\nENV A=${B^^}\n', 3],
        ['a port that is none', 'FROM busybox\nRUN true\nEXPOSE http\n', 3],
        ['a stage that does not exist', 'FROM busybox\n\nCOPY --from=buidl /a /a\n', 3],
        ['a tag that is empty', 'ARG V\nFROM busybox:$V\n', 2],
        ['an unknown mount', 'FROM busybox\nRUN --mount=type=foo true\n', 2],
        ['a file that is not there', 'FROM busybox\n\n\nCOPY missing /a\n', 4],
        ['a command that fails', 'FROM busybox\nRUN true\nRUN exit 3\n', 3],
        ['one after directives', 'FROM busybox\n#dev-copy=a /b\n#dev-run=true\nRUN exit 3\n', 4],
    ])('for %s', async (_, text, line) => {
        expect(await failure(text)).toMatchObject({ lines: [line, line] });
    });

    test('for the first of several steps at the same time', async () => {
        const text =
            'FROM busybox AS slow\nRUN sleep 20\nFROM busybox AS bad\nRUN exit 7\n' +
            'FROM busybox\nCOPY --from=slow /etc /s\nCOPY --from=bad /etc /b\n';
        const error = await failure(text);
        expect(error.lines).toEqual([4, 4]);
        expect(error.message).toContain('`RUN exit 7`');
    });
});

describe('an image that cannot be had', () => {
    test('is named, with its line and what to do', async () => {
        const error = await failure('FROM busybox\nCOPY --from=127.0.0.1:9/some/image /a /a\n');
        expect(error).toMatchObject({ code: 'registry-failed', lines: [2, 2] });
        expect(error.message).toContain('127.0.0.1:9/some/image');
        expect(error.remedy).toContain('127.0.0.1:9');
    });

    test('is the frontend, where that is what a Dockerfile asks for', async () => {
        const text = '# syntax=127.0.0.1:9/frontend:1\nFROM busybox\nCOPY a /a\n';
        const error = await failure(text);
        expect(error).toMatchObject({ code: 'registry-failed', lines: [1, 1] });
        expect(error.message).toContain('127.0.0.1:9/frontend:1');
        expect(error.remedy).toContain('# syntax');
    });
});

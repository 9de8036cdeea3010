import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import type { LivepushErrorShape } from '../../extension/host/api.js';
import { CorePanic } from '../../extension/host/common/errors.js';
import { core } from '../../extension/host/core/wasm.js';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';

const docker = await connect();
const run = promisify(execFile);

const DOCKERFILE = `FROM busybox
COPY input /
RUN cp input made
CMD ["sleep", "100000"]
`;

const settings = { dockerfile: DOCKERFILE, target: null, buildArgs: {}, currentBuilder: true };

/** Calls where hardly any stack is left, and with a little more of it until the call succeeds. */
function exhausted(call: () => unknown): void {
    try {
        exhausted(call);
    } catch {
        call();
    }
}

test('a call that exhausts the stack leaves the next one whole', () => {
    const text = `FROM busybox\nRUN ${'x '.repeat(1000)}\n`;
    const before = core().parse(text);
    let lost = 0;
    for (let round = 0; round < 100 && lost < 3; round++) {
        const { CoreSession } = core();
        const session = new CoreSession({ ...settings, platform: null });
        exhausted(() => core().parse(text));
        expect(core().parse(text)).toEqual(before);
        expect(core().analyze(text)).toEqual([]);
        try {
            expect(session.outline().stages).toHaveLength(1);
        } catch (error) {
            expect(error).toBeInstanceOf(CorePanic);
            lost++;
        }
        session.free();
        expect(new CoreSession({ ...settings, platform: null }).outline().stages).toHaveLength(1);
    }
    // In some of the rounds the stack ended inside of the core.
    expect(lost).toBe(3);
});

/** What the compiled core does when it panics; afterwards its session refuses every call. */
function panicOnce(method: 'plan' | 'update' | 'changeContext'): void {
    const { RuntimeError } = (
        globalThis as unknown as { WebAssembly: { RuntimeError: ErrorConstructor } }
    ).WebAssembly;
    vi.spyOn(core().CoreSession.prototype, method).mockImplementationOnce(() => {
        throw new RuntimeError('unreachable');
    });
}

test.each(['plan', 'update', 'changeContext'] as const)(
    'a session goes on after a panic of the core in %s',
    async (method) => {
        const folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
        const dockerfile = join(folder, 'Dockerfile');
        await writeFile(dockerfile, DOCKERFILE);
        await writeFile(join(folder, 'input'), 'one\n');
        const session = await Session.start({ docker, dockerfile, context: folder });
        const problems: LivepushErrorShape[] = [];
        session.on('problem', (problem) => problems.push(problem));
        const pushed = async (text: string): Promise<string> => {
            await writeFile(join(folder, 'input'), text);
            const result = await session.push({ updated: ['input'], deleted: [] });
            expect(result.error).toBeNull();
            return (await run('docker', ['exec', session.containerId, 'cat', '/made'])).stdout;
        };
        try {
            expect(await pushed('two\n')).toBe('two\n');
            panicOnce(method);
            expect(await pushed('three\n')).toBe('three\n');
            expect(problems).toMatchObject([{ code: 'internal' }]);
            expect(session.state).toBe('live');
            expect(await pushed('four\n')).toBe('four\n');
            expect(await session.verify()).toEqual([]);
        } finally {
            vi.restoreAllMocks();
            await session.close({ removeContainer: true });
            await rm(folder, { recursive: true });
        }
    },
);

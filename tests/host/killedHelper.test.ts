import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../extension/host/engine.js';
import { Session } from '../../extension/host/session/session.js';
import { execOutput } from '../helper/containers.js';

const DOCKERFILE = `FROM busybox AS build
COPY input /input
RUN sleep 0.2; cat /input > /output; for i in $(seq 200); do echo $i > /output$i; done

FROM busybox
COPY --from=build /output* /srv/
#dev-cmd-live=sleep 1000
COPY pages /pages
`;

const docker = await connect();
let folder: string;
let session: Session;

const save = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livepush-test-'));
    await save('Dockerfile', DOCKERFILE);
    await save('input', 'one');
    await save('pages', 'one');
    const dockerfile = join(folder, 'Dockerfile');
    session = await Session.start({ docker, dockerfile, context: folder });
});

afterAll(async () => {
    await session.close({ removeContainer: true });
    await rm(folder, { recursive: true });
});

/** The shell's own command line does not end like a helper's. */
const KILL_SERVING = `for process in /proc/[0-9]*; do
    case "$(tr '\\0' ' ' < $process/cmdline)" in
        *livepush*" serve ") kill -9 \${process#/proc/} && echo killed ;;
    esac
done`;

/** Kills every helper of the session that serves, and only those; says how many. */
async function killHelpers(): Promise<number> {
    const filters = { label: [`livepush.session=${session.id}`] };
    const containers = await docker.listContainers({ filters });
    const kill = ['sh', '-c', KILL_SERVING];
    const kills = containers.map(({ Id: id }) => execOutput(docker.getContainer(id), ...kill));
    // A container may go at any time.
    const said = await Promise.allSettled(kills);
    return said.filter((one) => one.status === 'fulfilled' && one.value.includes('killed')).length;
}

const MANY_PUSHES = { timeout: 180_000 };

test(
    'helpers that are killed at any point of a push cost nothing but time',
    MANY_PUSHES,
    async () => {
        let killed = 0;
        for (let round = 0; round < 8; round += 1) {
            await save('input', `round ${round}`);
            await save('pages', `round ${round}`);
            const state = { over: false };
            const push = session
                .push({ updated: ['input', 'pages'], deleted: [] })
                .finally(() => (state.over = true));
            for (let kills = 0; kills < 2 && !state.over; kills += 1) {
                await new Promise((resolve) => setTimeout(resolve, round * 40));
                killed += await killHelpers();
            }
            expect(await push).toMatchObject({ outcome: 'done', error: null });
        }
        expect(killed).toBeGreaterThan(3);
        expect(await session.verify()).toEqual([]);
    },
);

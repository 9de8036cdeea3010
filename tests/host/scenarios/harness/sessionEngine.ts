/** A session as an editor starts it: it builds the image and runs the container itself. */
import * as library from '../../../../extension/host/index.js';
import { docker } from './daemon.js';
import { refusing, type Engine, type Project, type Session } from './engine.js';

export function ourSession(): Engine {
    return {
        key: 'ours',
        title: 'Livepush',
        runs: true,
        liveText: library.liveDockerfile,
        open,
    };
}

async function open({ scenario, root }: Project): Promise<Session> {
    const { buildArgs } = scenario;
    const session = await refusing('start', () =>
        library.startSession({
            docker,
            dockerfile: `${root}/Dockerfile`,
            context: root,
            ports: [],
            ...(buildArgs === undefined ? {} : { buildArgs }),
        }),
    );
    const events = { restarts: 0, runs: 0 };
    session.on('action', (id, state) => {
        const ended = state === 'done' || state === 'failed';
        if (id.endsWith('/exec') && ended) events.runs += 1;
    });
    return {
        live: docker.getContainer(session.containerId),
        events,
        push: async (updated, deleted) => {
            const { error, restarted } = await session.push({ updated, deleted });
            if (restarted) events.restarts += 1;
            if (error !== null) throw new Error(`${error.message}. ${error.remedy}`);
        },
        close: () => session.close({ removeContainer: true }),
    };
}

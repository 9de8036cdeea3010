/** How programs use npm livepush; that it compiles against `dist/livepush.d.ts` is the test. */
import type * as Dockerode from 'dockerode';
import Livepush, {
    Container,
    ContainerNotRunningError,
    Dockerfile,
    DockerfileParseError,
    InvalidArgumentError,
    RuntimeError,
    setupFsWatcher,
    UnsupportedError,
} from '../../dist/livepush.js';

export async function push(docker: Dockerode): Promise<Dockerfile> {
    const dockerfile = new Dockerfile(Buffer.from('FROM busybox'), true);
    const rest = { context: '.', containerId: 'x', stageImages: ['a'], docker };
    // Options of other versions are ignored.
    const opts = { dockerfile, ...rest, noinit: true };
    const livepush: Livepush = await Livepush.init(opts);
    await Livepush.init({
        dockerfileContent: 'FROM busybox',
        ...rest,
        skipContainerRestart: false,
    });
    const lines: string[] = [];
    livepush.addListener('commandExecute', ({ stageIdx, command }) => {
        lines.push(`${dockerfile.stages[stageIdx]?.name ?? ''}: ${command}`);
    });
    livepush
        .on('commandOutput', ({ output }) => output.isStderr && lines.push(output.data.toString()))
        .on('commandReturn', ({ returnCode }) => lines.push(String(returnCode + 1)))
        .on('cancel', () => lines.push('cancelled'))
        .once('containerRestart', ({ containerId }) => lines.push(containerId));
    if (livepush.livepushNeeded(['x'], [])) await livepush.performLivepush(['x'], ['y']);
    setupFsWatcher(livepush, '.', { noInit: true, debounceWait: 3 });
    return livepush.dockerfile;
}

export async function read(docker: Dockerode): Promise<NodeJS.ReadableStream> {
    const container = Container.fromContainerId('.', docker, 'x', { skipRestart: true });
    container.on('containerRestart', () => undefined);
    const made = await Container.fromImage('.', docker, 'busybox', {});
    return made.fetchPathFromContainer('/x');
}

export const errors: readonly Error[] = [
    new ContainerNotRunningError(),
    new DockerfileParseError('x'),
    new InvalidArgumentError(new Error('y')),
    new RuntimeError(),
    new UnsupportedError(),
];

export const live: string | null = new Dockerfile('FROM busybox').liveCmd;

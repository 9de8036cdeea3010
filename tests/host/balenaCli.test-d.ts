/** How balena-cli uses the library; that it compiles against `dist/livepush.d.ts` is the test. */
import type Dockerode from 'dockerode';
import Livepush, { ContainerNotRunningError, Dockerfile } from '../../dist/livepush.js';

interface BuildTask {
    readonly context: string;
    readonly dockerfile: string;
    readonly containerId: string;
    readonly stageImages: string[];
    readonly buildArgs: Record<string, string>;
}

export function preprocess(content: string): string {
    return new Dockerfile(content).generateLiveDockerfile();
}

export async function initialise(task: BuildTask, docker: Dockerode): Promise<Livepush> {
    const livepush = await Livepush.init({
        dockerfile: new Dockerfile(task.dockerfile),
        context: task.context,
        containerId: task.containerId,
        stageImages: task.stageImages,
        docker,
    });
    if (Object.keys(task.buildArgs).length > 0) livepush.setBuildArgs(task.buildArgs);
    report(livepush);
    return livepush;
}

function report(livepush: Livepush): void {
    const lines: string[] = [];
    livepush.on('commandExecute', (command) => lines.push(`Executing command: ${command.command}`));
    livepush.on('commandOutput', (output) => lines.push(output.output.data.toString()));
    livepush.on('commandReturn', ({ returnCode, command }) => {
        if (returnCode !== 0) lines.push(`${command} failed with ${returnCode}`);
    });
    livepush.on('containerRestart', () => lines.push('Restarting container'));
    livepush.on('cancel', () => lines.push('Cancelling current livepush'));
}

export async function push(livepush: Livepush, updated: string[], deleted: string[]) {
    if (!livepush.livepushNeeded(updated, deleted)) return;
    try {
        await livepush.performLivepush(updated, deleted);
    } catch (error) {
        if (error instanceof ContainerNotRunningError) return;
        throw error;
    }
}

export async function end(sessions: readonly Livepush[]): Promise<void> {
    await Promise.all(sessions.map((session) => session.cancel()));
    await Promise.all(sessions.map((session) => session.cleanupIntermediateContainers()));
}

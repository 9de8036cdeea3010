/** Why an application has ended, as far as it or its container tells. */
import type Docker from 'dockerode';
import { shellProblem, type CommandInstruction } from './startCommand.js';
import { lastLines } from './monitor.js';
import { ask } from '../docker/client.js';
import { LivepushError } from '../common/errors.js';

/** What a shell, Docker and the helper end with where a program is not there. */
const NOT_THERE = 127;

/** Null where the container is being removed: that is what there is to tell. */
export async function whyEnded(
    container: Docker.Container,
    command: () => CommandInstruction | null,
): Promise<LivepushError | null> {
    const inspected = await ask('Looking at the container', () => container.inspect());
    const { ExitCode: code, Status: status } = inspected.State;
    const isRemoved = status === 'removing' || status === 'dead';
    // One that removes itself has ended of itself.
    if (isRemoved && inspected.HostConfig.AutoRemove !== true) return null;
    const problem = code === NOT_THERE ? await shellProblem(container, inspected, command) : null;
    if (problem !== null) return problem;
    const output = await lastLines(container, 20);
    return new LivepushError('container-died', `The application exited with code ${code}`, {
        remedy: 'Fix the error and save, or restart the container.',
        output,
    });
}

/** What an editor loads of the host, as `FrontEnd` says it. */
import type Docker from 'dockerode';
import type { CleanUpResult, ContainerChoice, FoundSession, LiveSession } from './api.js';
import { ask, dockerHandle } from './docker/engine.js';
import { LivepushError } from './errors.js';

export async function connect(dockerHost?: string): Promise<Docker> {
    const docker = dockerHandle(dockerHost);
    await ask('asking the daemon whether it answers', () => docker.ping());
    return docker;
}

/** Until sessions are there, a front end is told so. */
function notYet(): Promise<never> {
    return Promise.reject(new LivepushError('internal', 'Sessions cannot be started yet.'));
}

export const startSession: () => Promise<LiveSession> = notYet;
export const attachSession: () => Promise<LiveSession> = notYet;
export const resumeSession: () => Promise<LiveSession> = notYet;
export const cleanUp: () => Promise<CleanUpResult> = notYet;

export function findSessions(): Promise<readonly FoundSession[]> {
    return Promise.resolve([]);
}

export function listContainers(): Promise<readonly ContainerChoice[]> {
    return Promise.resolve([]);
}

/**
 * The way to Docker. The host is loaded when somebody needs a container, so that opening a
 * Dockerfile costs none of it.
 */
import type { FrontEnd } from '../host/api.js';
import { settingsFor } from './settings.js';

export type DockerHandle = Awaited<ReturnType<FrontEnd['connect']>>;

export interface Host {
    readonly frontEnd: FrontEnd;
    readonly docker: DockerHandle;
}

let stateFolder: string | null = null;

/** Sets where sessions are recorded; without it, the host's own folder is used. */
export function recordSessionsIn(folder: string): void {
    stateFolder = folder;
}

export async function connectHost(): Promise<Host> {
    const frontEnd: FrontEnd = await import(/* webpackChunkName: "host" */ '../host/engine.js');
    if (stateFolder !== null) frontEnd.setStateFolder(stateFolder);
    const { dockerHost } = settingsFor();
    return { frontEnd, docker: await frontEnd.connect(dockerHost === '' ? undefined : dockerHost) };
}

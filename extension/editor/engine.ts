/**
 * The way to Docker. The host is loaded when somebody needs a container, so that opening a
 * Dockerfile costs none of it.
 */
import * as vscode from 'vscode';
import type { ConnectionSettings, EngineConnection, FrontEnd } from '../host/api.js';
import { log } from './log.js';
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

/** The host, and what the settings say of the engine; nothing is connected to. */
export async function loadEngine(): Promise<{
    readonly frontEnd: FrontEnd;
    readonly settings: ConnectionSettings;
}> {
    const frontEnd: FrontEnd = await import(/* webpackChunkName: "host" */ '../host/engine.js');
    if (stateFolder !== null) frontEnd.setStateFolder(stateFolder);
    const { dockerHost: host, dockerContext: context, dockerCertPath: certPath } = settingsFor();
    return { frontEnd, settings: { host, context, certPath } };
}

/** What chose an engine, in the words of settings and of Docker. */
const sources = {
    'host-setting': 'livepush.dockerHost',
    'context-setting': 'livepush.dockerContext',
    DOCKER_HOST: 'DOCKER_HOST',
    DOCKER_CONTEXT: 'DOCKER_CONTEXT',
    'current-context': 'the current context',
    default: 'default',
} as const;

let logged = '';

export async function connectHost(): Promise<Host> {
    const { frontEnd, settings } = await loadEngine();
    const docker = await frontEnd.connect(settings);
    const connection = frontEnd.connectionOf(docker);
    if (connection !== null) noteConnection(connection);
    return { frontEnd, docker };
}

/** Which engine is used is logged whenever it is another. */
function noteConnection(connection: EngineConnection): void {
    const text = `Docker: ${engineLabel(connection)}, chosen by ${sources[connection.source]}`;
    if (text !== logged) log().info(text);
    logged = text;
}

/** An engine as it is shown: by its context where it has one, else by its address alone. */
export function engineLabel({ context, address }: EngineConnection): string {
    if (context === null) return address;
    return vscode.l10n.t('context {0} ({1})', context, address);
}

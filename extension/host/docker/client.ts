import type { Agent } from 'node:http';
import Docker from 'dockerode';
import type { ConnectionSettings, EngineConnection } from '../api.js';
import { openAgent } from './connect/agent.js';
import { chooseEngine, type EngineChoice } from './connect/choose.js';
import { type Machine, thisMachine } from './connect/machine.js';
import { engineModem } from './connect/modem.js';
import { fromDocker } from './errors.js';

/** The session that a container or a volume belongs to, for people to see: no decision rests on it. */
export const SESSION_LABEL = 'livepush.session';

interface Handle {
    readonly docker: Docker;
    readonly agent: Agent;
    readonly connection: EngineConnection;
}

/** One handle for each choice, so that whoever connects again finds the connections open. */
const opened = new Map<string, Handle>();
const handles = new WeakMap<Docker, Handle>();

/** A handle of the engine that settings and machine choose; nothing is sent to it yet. */
export async function openEngine(
    settings: ConnectionSettings = {},
    machine: Machine = thisMachine(),
): Promise<Docker> {
    const choice = await chooseEngine(settings, machine);
    const { ca, cert, key } = choice.certificates ?? {};
    const known = JSON.stringify([choice.connection, ...[ca, cert, key].map(String)]);
    const handle = opened.get(known) ?? open(choice);
    opened.set(known, handle);
    return handle.docker;
}

function open(choice: EngineChoice): Handle {
    const agent = openAgent(choice);
    const modem = engineModem(choice, agent);
    // The client takes a modem, which its published types do not say.
    const docker = new Docker({ modem } as Docker.DockerOptions);
    const handle = { docker, agent, connection: choice.connection };
    handles.set(docker, handle);
    return handle;
}

/**
 * Closes the connections that are kept for a handle; requests under way go on only where they are
 * streams of their own, and a later request opens a connection again.
 */
export function disconnect(docker: Docker): void {
    handles.get(docker)?.agent.destroy();
}

/** Which engine a handle speaks to, or null for one that was not opened here. */
export function connectionOf(docker: Docker): EngineConnection | null {
    return handles.get(docker)?.connection ?? null;
}

/** Runs one call to the daemon, and says what it was for when it fails. */
export async function ask<T>(doing: string, call: () => Promise<T>, path?: string): Promise<T> {
    try {
        return await call();
    } catch (error) {
        throw fromDocker(error, doing, path ?? null);
    }
}

/** A call that the client has no name for. */
export interface Dial {
    readonly path: string;
    readonly method: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    /** The answer is a stream: a body, or the connection itself where it is `hijack`ed. */
    readonly isStream?: boolean;
    readonly hijack?: boolean;
    readonly abortSignal?: AbortSignal | undefined;
    readonly statusCodes: Readonly<Record<number, boolean>>;
}

export function dial(docker: Docker, call: Dial): Promise<unknown> {
    const modem = docker.modem as unknown as {
        dial(call: Dial, done: (error: unknown, answer: unknown) => void): void;
    };
    return new Promise((resolve, reject) => {
        modem.dial(call, (error, answer) => {
            if (error instanceof Error) reject(error);
            else resolve(answer);
        });
    });
}

/** The engines under test: ours and the one that it replaces, behind the one interface both honour. */
import { createRequire } from 'node:module';
import type Docker from 'dockerode';
import * as library from '../../../../extension/host/index.js';

export interface EngineSession {
    setBuildArgs(args: Record<string, string>): void;
    performLivepush(updated: string[], deleted: string[]): Promise<void>;
    cleanupIntermediateContainers(): Promise<void>;
    on(event: string, listener: (argument: never) => void): unknown;
}

export interface EngineOptions {
    readonly dockerfile: object;
    readonly context: string;
    readonly containerId: string;
    readonly stageImages: string[];
    readonly docker: Docker;
}

export interface EngineModule {
    readonly Dockerfile: new (text: string) => { generateLiveDockerfile(): string };
    readonly Livepush: { init(options: EngineOptions): Promise<EngineSession> };
}

export interface Engine {
    readonly key: 'ours' | 'npm';
    readonly title: string;
    readonly module: EngineModule;
}

const require = createRequire(import.meta.url);

export function ourLivepush(): Engine {
    // Wider than the interface, whose parts npm livepush does not type.
    const module = library as unknown as EngineModule;
    return { key: 'ours', title: 'Livepush', module };
}

export function npmLivepush(): Engine {
    const module = require('npm-livepush') as EngineModule;
    return { key: 'npm', title: 'npm livepush 3.5.4', module };
}

/** All engines, ours first. */
export function engines(): Engine[] {
    return [ourLivepush(), npmLivepush()];
}

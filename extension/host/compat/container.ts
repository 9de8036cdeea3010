import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { putIntoDirectory, statPath } from '../docker/archive.js';
import { typedEmitter } from './typedEvents.js';

export interface CommandExecutionContext {
    readonly stdout: Readable;
    readonly stderr: Readable;
    readonly exec: Docker.Exec;
}

export interface ContainerOptions {
    /** npm `livepush`'s; it decides about restarts of action groups, which are not here. */
    readonly skipRestart?: boolean;
}

/** What a container tells; commands are told of by `Livepush`. */
export interface ContainerEvents {
    commandExecute: string;
    commandOutput: { data: Buffer; isStderr: boolean };
    commandReturn: { returnCode: number; command: string };
    containerRestart: undefined;
}

/**
 * One container by itself, as npm `livepush` exports it, without its action groups: what to do in
 * which container is for a plan to say.
 */
export class Container extends typedEmitter<ContainerEvents>() {
    public readonly containerId: string;
    readonly #docker: Docker;
    #buildArguments: Readonly<Record<string, string>> = {};

    private constructor(docker: Docker, containerId: string) {
        super();
        this.#docker = docker;
        this.containerId = containerId;
    }

    public static fromContainerId(
        _buildContext: string,
        docker: Docker,
        containerId: string,
        _options?: ContainerOptions,
    ): Container {
        return new Container(docker, containerId);
    }

    /** Makes and starts a container of an image, which idles. */
    public static async fromImage(
        _buildContext: string,
        docker: Docker,
        image: string,
        _options?: ContainerOptions,
    ): Promise<Container> {
        const entrypoint = ['/bin/sh', '-c', 'while true; do sleep 3600; done'];
        const container = await docker.createContainer({ Image: image, Entrypoint: entrypoint });
        await container.start();
        return new Container(docker, container.id);
    }

    public static generateContainerCommand(command: string): string[] {
        return ['/bin/sh', '-c', command];
    }

    public async checkRunning(): Promise<boolean> {
        return (await this.#container.inspect()).State.Running;
    }

    public async restartContainer(): Promise<void> {
        await this.#container.restart({ t: 0 });
        this.emit('containerRestart');
    }

    public async fetchPathFromContainer(path: string): Promise<Readable> {
        return (await this.#container.getArchive({ path })) as unknown as Readable;
    }

    public async pathIsDirectory(path: string): Promise<boolean> {
        return (await statPath(this.#container, path))?.kind === 'directory';
    }

    public addFilesToContainer(tar: Readable, destination: string): Promise<void> {
        return putIntoDirectory(this.#container, tar, destination);
    }

    public async executeCommand(command: string[]): Promise<CommandExecutionContext> {
        const exec = await this.#container.exec({
            Cmd: command,
            Env: Object.entries(this.#buildArguments).map(([name, value]) => `${name}=${value}`),
            AttachStderr: true,
            AttachStdout: true,
        });
        const stream = await exec.start({});
        const stdout = new PassThrough();
        const stderr = new PassThrough();
        stream.on('end', () => {
            stdout.end();
            stderr.end();
        });
        this.#docker.modem.demuxStream(stream, stdout, stderr);
        return { exec, stdout, stderr };
    }

    public setBuildArguments(buildArguments: Record<string, string>): void {
        this.#buildArguments = buildArguments;
    }

    public async cleanup(): Promise<void> {
        await this.#container.remove({ force: true });
    }

    get #container(): Docker.Container {
        return this.#docker.getContainer(this.containerId);
    }
}

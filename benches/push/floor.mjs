/** The bare calls of Docker's API that a change cannot do without. */
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';

/** One archive with files of the project, sent while they are read. */
export async function put(container, folder, paths, target) {
    const archive = pack();
    const sent = container.putArchive(archive, { path: target });
    for (const path of paths) {
        const file = join(folder, path);
        const entry = archive.entry({ name: path, size: statSync(file).size, mode: 0o644 });
        await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), entry);
    }
    archive.finalize();
    await sent;
}

/** The archive of a folder in a container. */
export function get(container, path) {
    return container.getArchive({ path });
}

/** One command, to its end. */
export async function exec(container, command) {
    const run = await container.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
    const stream = await run.start({ hijack: true, stdin: false });
    stream.resume();
    await new Promise((resolve) => stream.once('end', resolve));
    const { ExitCode } = await run.inspect();
    if (ExitCode !== 0) throw new Error(`${command[0]} ended with ${ExitCode}`);
}

/** The quickest restart that the API has. */
export async function kill(container) {
    await container.kill();
    await container.start();
}

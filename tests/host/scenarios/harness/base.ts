/** The image that most scenarios start from: busybox with what a distribution's image has besides. */
import * as path from 'node:path';
import { build, docker, workspace } from './daemon.js';
import { CAPABILITY, type Member } from './archive.js';
import * as context from './context.js';

const NAME = 'livepush-base';

/**
 * Users and groups to own files; a file with a capability, which no command of busybox sets;
 * `/usr/bin/test`, without which npm livepush takes no directory for one.
 */
const DOCKERFILE = `FROM busybox
COPY etc /etc
ADD server.tar /usr/share/base/
RUN mkdir -p /usr/bin /usr/share/base /opt/shared /srv && ln -s /bin/busybox /usr/bin/test \\
    && echo from-base > /usr/share/base/data.txt && echo motd-of-base > /etc/motd \\
    && chmod 1777 /tmp && chmod 2775 /opt/shared && chown root:staff /opt/shared \\
    && ln -s /usr/share/base /usr/share/link && mkdir -p /home/app && chown app:app /home/app
`;

const SERVER: Member = {
    name: 'server',
    mode: 0o755,
    content: 'server\n',
    attributes: CAPABILITY,
};

const FILES = {
    Dockerfile: DOCKERFILE,
    'server.tar': context.archive([SERVER], { format: 'pax' }),
    'etc/passwd':
        'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33:www:/var/www:/bin/sh\n' +
        'app:x:1000:1000:app:/home/app:/bin/sh\nother:x:1001:50:other:/:/bin/sh\n',
    'etc/group': 'root:x:0:\nwww:x:33:\nstaff:x:50:app\nextra:x:60:app\napp:x:1000:\n',
};

let made: Promise<void> | undefined;

/** Makes the image, once; Docker's cache makes it again in no time. */
export function ensureBase(): Promise<void> {
    made ??= make();
    return made;
}

async function make(): Promise<void> {
    const space = workspace(`base-${process.pid}`);
    try {
        context.create(space.path, FILES);
        const dockerfile = path.join(space.path, 'Dockerfile');
        const id = await build({ label: 'base', context: space.path, dockerfile });
        await docker.getImage(id).tag({ repo: NAME, tag: 'latest' });
    } finally {
        space.remove();
    }
}

import type Docker from 'dockerode';
import { ask } from './client.js';

const known = new WeakMap<Docker, Promise<string>>();

/** The daemon's own id, which tells several daemons apart; it is asked once per handle. */
export function engineIdOf(docker: Docker): Promise<string> {
    const before = known.get(docker);
    if (before !== undefined) return before;
    const asked = ask('Asking Docker for its id', async () => {
        const info: unknown = await docker.info();
        const id = (info as { ID?: unknown }).ID;
        return typeof id === 'string' ? id : '';
    });
    known.set(docker, asked);
    asked.catch(() => known.delete(docker));
    return asked;
}

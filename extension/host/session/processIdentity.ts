/** Which process this is, so that another one can tell whether it still runs. */
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';

export interface ProcessIdentity {
    readonly machine: string;
    /** Of this start of the machine's kernel; empty where the system has none. */
    readonly boot: string;
    /** Containers have their own process ids; empty where the system has no namespaces. */
    readonly namespace: string;
    readonly pid: number;
    /** When the process started, in the system's own unit: process ids are used again. */
    readonly started: string;
}

let own: Promise<ProcessIdentity> | null = null;

export function thisProcess(): Promise<ProcessIdentity> {
    own ??= identify();
    return own;
}

async function identify(): Promise<ProcessIdentity> {
    const [machine, boot, namespace, process_] = await Promise.all([
        readText('/etc/machine-id'),
        readText('/proc/sys/kernel/random/boot_id'),
        readlink('/proc/self/ns/pid').catch(() => ''),
        processStat(process.pid),
    ]);
    return {
        machine: machine === '' ? hostname() : machine,
        boot,
        namespace,
        pid: process.pid,
        started: process_?.started ?? '',
    };
}

/**
 * Whether a process runs: `unknown` for one of another machine or another set of process ids.
 * `seen` is when it last showed a sign of life, in milliseconds since 1970.
 */
export async function isRunning(
    other: ProcessIdentity,
    seen: number,
): Promise<boolean | 'unknown'> {
    const here = await thisProcess();
    if (other.boot !== here.boot) return other.machine === here.machine ? false : 'unknown';
    if (other.namespace !== here.namespace) return 'unknown';
    if (other.boot === '') {
        if (other.machine !== here.machine) return 'unknown';
        if (seen < Date.now() - uptime() * 1000) return false;
    }
    try {
        process.kill(other.pid, 0);
    } catch (error) {
        const isForeign = error instanceof Error && 'code' in error && error.code === 'EPERM';
        if (!isForeign) return false;
    }
    const stat = await processStat(other.pid);
    if (stat === null || other.started === '') return true;
    // One that has ended is still known while its parent has not asked for its end.
    return stat.state !== 'Z' && stat.started === other.started;
}

async function processStat(pid: number): Promise<{ state: string; started: string } | null> {
    const stat = await readText(`/proc/${pid}/stat`);
    // What follows comes after the name, which may hold anything.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = fields[18];
    return state === undefined || started === undefined ? null : { state, started };
}

async function readText(path: string): Promise<string> {
    return (await readFile(path, 'utf8').catch(() => '')).trim();
}

/**
 * The record of a session that made its container, from which a later process takes it up. It is a
 * file of this user's own: build arguments and environment may hold secrets, so that nothing of
 * them is in labels, and labels of containers and images decide nothing.
 */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isMissing } from '../common/fileErrors.js';
import { sessionFolder, sessionsFolder } from '../common/stateFolder.js';
import type { KeptSettings } from '../containers/run.js';

const RECORD = 'session.json';

export interface SessionRecord {
    readonly id: string;
    /** The daemon that has the container. */
    readonly engine: string;
    readonly containerId: string;
    readonly dockerfile: string;
    readonly context: string;
    readonly settings: KeptSettings;
}

/** All sessions of this user that have left anything, whether they can be taken up or not. */
export async function sessionIds(): Promise<readonly string[]> {
    const names = await readdir(await sessionsFolder());
    return names.filter((name) => !name.startsWith('.'));
}

export async function writeRecord(record: SessionRecord): Promise<void> {
    const file = join(await sessionFolder(record.id), RECORD);
    await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${file}.new`, file);
}

/** The record of a session that can be taken up; null for one that was closed. */
export async function readRecord(session: string): Promise<SessionRecord | null> {
    try {
        const text = await readFile(join(await sessionFolder(session), RECORD), 'utf8');
        const record: unknown = JSON.parse(text);
        return isRecord(record) && record.id === session ? record : null;
    } catch (error) {
        if (isMissing(error) || error instanceof SyntaxError) return null;
        throw error;
    }
}

export async function deleteRecord(session: string): Promise<void> {
    await rm(join(await sessionFolder(session), RECORD), { force: true });
}

function isRecord(value: unknown): value is SessionRecord {
    if (!isObject(value)) return false;
    const { id, engine, containerId, dockerfile, context, settings } = value;
    return (
        [id, engine, containerId].every(isText) &&
        [dockerfile, context].every((path) => isText(path) && isAbsolute(path)) &&
        isSettings(settings)
    );
}

function isSettings(value: unknown): value is KeptSettings {
    if (!isObject(value)) return false;
    const { target, name, buildArgs, env, ports, skipRestart, restartContainer } = value;
    return (
        [target, name].every((text) => text === undefined || isText(text)) &&
        [buildArgs, env].every((texts) => texts === undefined || isTexts(texts)) &&
        (ports === undefined || (Array.isArray(ports) && ports.every(isText))) &&
        [skipRestart, restartContainer].every((flag) =>
            ['undefined', 'boolean'].includes(typeof flag),
        )
    );
}

function isTexts(value: unknown): boolean {
    return isObject(value) && Object.values(value).every(isText);
}

function isObject(value: unknown): value is Partial<Record<string, unknown>> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
    return typeof value === 'string';
}

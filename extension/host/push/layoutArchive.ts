import type { ContextFiles, OpenedFile } from '../context/files.js';
import type { BuildContainer } from '../containers/buildContainer.js';
import { readTar } from '../tar/reader.js';
import { padding, tarHeader, type TarHeader } from '../tar/writer.js';
import type { Entry } from '../core/planner.js';
import type { Sources } from './sources.js';

/** Small files that are read ahead while others are being sent. */
const AHEAD = 16;

/**
 * The tar of a layout, without its end: what the context and the Dockerfile supply in order, then
 * what comes from other containers, as it comes from them.
 */
export async function* tarOfEntries(
    entries: readonly Entry[],
    sources: Sources,
): AsyncGenerator<Buffer> {
    const local = entries.filter(({ source }) => !isForeign(source.kind));
    yield* localEntries(local, sources.context);
    for (const [key, group] of groups(entries)) {
        const [kind, name = ''] = key.split('\0');
        const build = await (kind === 'stage' ? sources.stage(Number(name)) : sources.image(name));
        yield* foreignEntries(group, build);
    }
}

function isForeign(kind: Entry['source']['kind']): boolean {
    return kind === 'stage' || kind === 'image';
}

function groups(entries: readonly Entry[]): Map<string, Entry[]> {
    const found = new Map<string, Entry[]>();
    for (const entry of entries) {
        const { source } = entry;
        if (source.kind !== 'stage' && source.kind !== 'image') continue;
        const name = source.kind === 'stage' ? source.stage : source.name;
        const key = `${source.kind}\0${name}`;
        const group = found.get(key);
        if (group === undefined) found.set(key, [entry]);
        else group.push(entry);
    }
    return found;
}

async function* localEntries(
    entries: readonly Entry[],
    context: ContextFiles,
): AsyncGenerator<Buffer> {
    const ahead: Promise<OpenedFile | null>[] = [];
    const firstNames = firstNamesOf(entries, context);
    const files = entries.flatMap(({ path, source, kind }) =>
        source.kind === 'context' &&
        kind === 'file' &&
        !firstNames.has(path) &&
        context.isSmall(source.path)
            ? [source.path]
            : [],
    );
    let next = 0;
    const readAhead = (): void => {
        while (ahead.length < AHEAD && next < files.length) {
            const reading = context.readWhole(files[next++] ?? '');
            // It is waited for in its turn, and may never be.
            reading.catch(() => undefined);
            ahead.push(reading);
        }
    };
    for (const entry of entries) {
        const { source } = entry;
        const first = firstNames.get(entry.path);
        if (first !== undefined) {
            const mtimeMs = source.kind === 'context' ? context.entry(source.path)?.mtimeMs : 0;
            const link = { kind: 'hardlink', target: first.slice(1) } as const;
            yield tarHeader({ ...header(entry, 0, mtimeMs ?? 0), ...link });
        } else if (source.kind === 'context' && entry.kind === 'other') {
            const found = context.entry(source.path);
            if (found !== undefined && found.special !== null) {
                yield tarHeader({ ...header(entry, 0, found.mtimeMs), ...found.special });
            }
        } else if (source.kind === 'context') {
            readAhead();
            const file = context.isSmall(source.path)
                ? await ahead.shift()
                : context.open(source.path);
            if (file === null || file === undefined) continue;
            yield tarHeader(header(entry, file.entry.size, file.entry.mtimeMs));
            yield* file.bytes;
            yield padding(file.entry.size);
        } else {
            const text = source.kind === 'inline' ? Buffer.from(source.text) : Buffer.alloc(0);
            yield tarHeader(header(entry, text.length, Date.now()));
            if (text.length > 0) yield Buffer.concat([text, padding(text.length)]);
        }
    }
}

/**
 * For each entry that is a further name of a file of the context: the entry that has the first one.
 * As in a build, files are linked within one tree that is copied, not between two copies of it.
 */
function firstNamesOf(entries: readonly Entry[], context: ContextFiles): Map<string, string> {
    const firsts = new Map<string, string>();
    const further = new Map<string, string>();
    for (const { path, kind, source } of entries) {
        if (source.kind !== 'context' || kind !== 'file') continue;
        const links = context.entry(source.path)?.links ?? '';
        if (links === '') continue;
        const key = `${links}\0${copiedTree(path, source.path)}`;
        const first = firsts.get(key);
        if (first === undefined) firsts.set(key, path);
        else further.set(path, first);
    }
    return further;
}

/** Where a path was copied from and to, without what both ends have in common. */
function copiedTree(path: string, source: string): string {
    const [to, from] = [path.split('/'), source.split('/')];
    while (to.length > 0 && from.length > 0 && to.at(-1) === from.at(-1)) {
        to.pop();
        from.pop();
    }
    return `${from.join('/')}\0${to.join('/')}`;
}

async function* foreignEntries(
    entries: readonly Entry[],
    build: BuildContainer,
): AsyncGenerator<Buffer> {
    let wanted = bySource(entries);
    while (wanted.size > 0) {
        // A path that goes to several places is read once for each.
        const later: Entry[] = [];
        const sent = new Map<string, string>();
        const tar = await build.tar([...wanted.keys()]);
        for await (const { header: found, data } of readTar(tar, '/')) {
            const [entry, ...others] = wanted.get(found.name) ?? [];
            if (entry === undefined) continue;
            later.push(...others);
            if (found.kind === 'hardlink') {
                const target = sent.get(found.target);
                if (target === undefined) later.push(entry);
                else
                    yield tarHeader({
                        ...header(entry, 0, found.mtimeMs),
                        kind: 'hardlink',
                        target,
                    });
                continue;
            }
            sent.set(found.name, entry.path.slice(1));
            yield tarHeader({
                ...header(entry, found.size, found.mtimeMs),
                kind: found.kind,
                device: found.device,
                attributes: found.attributes,
            });
            yield* data;
            yield padding(found.size);
        }
        wanted = bySource(later);
    }
}

function bySource(entries: readonly Entry[]): Map<string, Entry[]> {
    const found = new Map<string, Entry[]>();
    for (const entry of entries) {
        if (entry.source.kind !== 'stage' && entry.source.kind !== 'image') continue;
        const { path } = entry.source;
        found.set(path, [...(found.get(path) ?? []), entry]);
    }
    return found;
}

function header(entry: Entry, size: number, mtimeMs: number): TarHeader {
    return {
        name: entry.path.slice(1),
        kind: entry.kind === 'other' ? 'file' : entry.kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size,
        mtimeMs,
        target: entry.target,
    };
}

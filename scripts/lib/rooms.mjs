/**
 * The ESLint rule that keeps the rooms apart (ARCHITECTURE.md): editor → host → core, never back.
 * It looks at every way to import: statements, re-exports, `import()` and `import('…')` types.
 */
import { dirname, relative, resolve } from 'node:path';
import { root } from './run.mjs';

/** What each room may import of the others, and which packages it must leave alone. */
const table = {
    host: { rooms: ['host'], refused: ['vscode'] },
    editor: { rooms: ['editor', 'host', 'protocol'], refused: ['dockerode', 'docker-modem'] },
    // The messages speak of plans and states, so they may name the host's types, and only these.
    protocol: { rooms: ['protocol'], types: ['host'], refused: ['vscode', 'dockerode', 'node:'] },
    panel: { rooms: ['panel', 'protocol'], refused: ['vscode', 'dockerode', 'node:'] },
};

/** The rooms of the host, from the bottom: each may import only itself and those before it. */
const hostRooms = [
    ...['common', 'tar', 'context', 'core', 'docker', 'buildkit', 'helper', 'files', 'containers'],
    ...['push', 'session', 'compose', 'compat'],
];

/** Why `file` (both relative to the repository) may not import `target`, or null. */
export function refusal(file, target, typeOnly) {
    const [top, from] = file.split('/');
    const rules = top === 'extension' ? table[from] : undefined;
    if (rules === undefined) return null;
    if (!target.startsWith('./')) return refusedPackage(file, from, rules, target, typeOnly);
    const path = target.slice(2);
    if (path.startsWith('pkg/')) {
        if (file === 'extension/host/core/wasm.ts' || (typeOnly && from === 'host')) return null;
        return 'only extension/host/core/wasm.ts imports the compiled core';
    }
    const [toTop, to] = path.split('/');
    if (toTop !== 'extension' || !(to in table)) return null;
    if (from === 'host' && to === 'host') return refusedRoom(file, path, typeOnly);
    if (rules.rooms.includes(to) || (typeOnly && rules.types?.includes(to))) return null;
    return `${from} must not import from ${to}: the arrow is editor → host → core`;
}

function refusedRoom(file, path, typeOnly) {
    const from = hostRooms.indexOf(file.split('/')[2]);
    const room = path.split('/')[2];
    const to = hostRooms.indexOf(room);
    // What lies beside the rooms joins them; its types in api.ts are for all.
    if (from < 0 || (to >= 0 && to <= from)) return null;
    if (typeOnly && room === 'api.js') return null;
    return `${hostRooms[from]}/ must not import ${room}: the order is ${hostRooms.join(', ')}`;
}

function refusedPackage(file, from, rules, name, typeOnly) {
    const refused =
        rules.refused.some((prefix) => name === prefix || name.startsWith(`${prefix}/`)) ||
        rules.refused.some((prefix) => prefix.endsWith(':') && name.startsWith(prefix));
    if (refused) return `${from} must not import ${name}`;
    const docker = name === 'dockerode' || name === 'docker-modem';
    if (docker && !typeOnly && !file.startsWith('extension/host/docker/')) {
        return 'only extension/host/docker/ imports dockerode (types may be named anywhere)';
    }
    return null;
}

function check(context, node, source, typeOnly) {
    if (typeof source?.value !== 'string') return;
    const file = relative(root, context.filename).replaceAll('\\', '/');
    const name = source.value;
    const target = name.startsWith('.')
        ? `./${relative(root, resolve(dirname(context.filename), name)).replaceAll('\\', '/')}`
        : name;
    const message = refusal(file, target, typeOnly);
    if (message !== null) context.report({ node, message });
}

/** A statement that disappears when types are stripped. */
function isTypeOnly(node) {
    if (node.importKind === 'type' || node.exportKind === 'type') return true;
    const parts = node.specifiers ?? [];
    return (
        parts.length > 0 && parts.every((part) => (part.importKind ?? part.exportKind) === 'type')
    );
}

export const rooms = {
    meta: { type: 'problem', schema: [], docs: { description: 'Keep the rooms apart.' } },
    create(context) {
        const statement = (node) => check(context, node, node.source, isTypeOnly(node));
        return {
            ImportDeclaration: statement,
            ExportNamedDeclaration: statement,
            ExportAllDeclaration: statement,
            ImportExpression: (node) => check(context, node, node.source, false),
            TSImportType: (node) => check(context, node, node.source ?? node.argument, true),
        };
    },
};

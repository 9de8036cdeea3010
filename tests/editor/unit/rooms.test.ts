import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../scripts/lib/rooms.mjs';

/** The imports of values between files below `folder`; types leave no trace at run time. */
function importsBelow(folder: string): Map<string, string[]> {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => join(folder, path));
    const statement = /^(?:import|export) (type )?[^;]*?from '(\.[^']*)\.js'/gmu;
    return new Map(
        files.map((file) => {
            const found = [...readFileSync(file, 'utf8').matchAll(statement)];
            const values = found.filter(([, typeOnly]) => typeOnly === undefined);
            return [file, values.map(([, , to]) => `${join(dirname(file), to ?? '')}.ts`)];
        }),
    );
}

/** A path that leads back to where it began, or null. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string[] | null => {
        const at = path.indexOf(file);
        if (at >= 0) return [...path.slice(at), file];
        if (done.has(file)) return null;
        for (const next of imports.get(file) ?? []) {
            const circle = visit(next, [...path, file]);
            if (circle !== null) return circle;
        }
        done.add(file);
        return null;
    };
    for (const file of imports.keys()) {
        const circle = visit(file, []);
        if (circle !== null) return circle;
    }
    return null;
}

describe('the rooms of the house', () => {
    it.each([
        ['extension/host/docker/client.ts', './extension/host/push/pusher.js'],
        ['extension/host/common/errors.ts', './extension/host/tar/writer.js'],
        ['extension/host/push/pusher.ts', './extension/host/session/session.js'],
        ['extension/host/push/pusher.ts', './extension/host/engine.js'],
        ['extension/host/push/pusher.ts', './extension/editor/engine.js'],
        ['extension/host/push/pusher.ts', 'vscode'],
        ['extension/editor/engine.ts', 'dockerode'],
        ['extension/panel/main.ts', './extension/editor/engine.js'],
        ['extension/host/push/pusher.ts', './pkg/livepush.js'],
    ])('refuse that %s imports %s', (file, target) => {
        expect(refusal(file, target, false)).not.toBeNull();
    });

    it.each([
        ['extension/host/push/pusher.ts', './extension/host/docker/client.js'],
        ['extension/host/session/session.ts', './extension/host/push/pusher.js'],
        ['extension/editor/engine.ts', './extension/host/engine.js'],
        ['extension/host/core/wasm.ts', './pkg/livepush.js'],
    ])('let %s import %s', (file, target) => {
        expect(refusal(file, target, false)).toBeNull();
    });

    it.each(['extension/host', 'extension/editor', 'extension/panel'])(
        'have no circle of imports in %s',
        (folder) => {
            expect(findCircle(importsBelow(folder))).toBeNull();
        },
    );

    it('would find a circle', () => {
        const imports = new Map([
            ['a', ['b']],
            ['b', ['c']],
            ['c', ['b']],
        ]);
        expect(findCircle(imports)).toEqual(['b', 'c', 'b']);
    });
});

/** The manifest, the code and the words have to agree. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands, contextKeys, section, views } from '../../../extension/editor/contributions.js';

interface Manifest {
    readonly contributes: {
        readonly commands: readonly { readonly command: string; readonly title: string }[];
        readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
        readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
        readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    };
}

const read = (path: string): string => readFileSync(path, 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const words = JSON.parse(read('package.nls.json')) as Record<string, string>;
const bundle = JSON.parse(read('l10n/bundle.l10n.json')) as Record<string, string>;
const sources = readdirSync('extension/editor', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(`extension/editor/${path}`))
    .join('\n');
const declared = manifest.contributes.commands.map(({ command }) => command);

describe('the manifest', () => {
    it('declares the commands that the code registers', () => {
        expect([...declared].sort()).toEqual(Object.values(commands).sort());
    });

    it('offers no command that is not declared', () => {
        const offered = Object.values(manifest.contributes.menus).flat();
        for (const { command } of offered) expect(declared).toContain(command);
    });

    it('declares the settings that the code reads', () => {
        const reads = [...sources.matchAll(/settings\.get\('(?<name>[\w.]+)'/gu)].map(
            ({ groups }) => `${section}.${groups?.['name'] ?? ''}`,
        );
        expect(reads.sort()).toEqual(
            Object.keys(manifest.contributes.configuration.properties).sort(),
        );
    });

    it('declares the views that the code fills', () => {
        const ids = Object.values(manifest.contributes.views)
            .flat()
            .map(({ id }) => id);
        expect(ids.sort()).toEqual(Object.values(views).sort());
    });

    it('asks for no context key that nobody sets', () => {
        const asked = new Set(
            JSON.stringify(manifest).match(/livepush\.(?:active|sessionState|hasSessions)\b/gu),
        );
        expect([...asked].sort()).toEqual(Object.values(contextKeys).sort());
    });

    it('has a word for every key, and no others', () => {
        const keys = [...read('package.json').matchAll(/"%(?<key>[^"%]+)%"/gu)].map(
            ({ groups }) => groups?.['key'] ?? '',
        );
        expect([...new Set(keys)].sort()).toEqual(Object.keys(words).sort());
    });
});

describe('the bundle for translators', () => {
    it('has every text of the code, and no others', () => {
        const texts = [
            ...sources.matchAll(/\bt\(\s*(?:'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>[^"]*)")/gu),
        ].map(({ groups }) => groups?.['single'] ?? groups?.['double'] ?? '');
        expect(Object.keys(bundle).sort()).toEqual([...new Set(texts)].sort());
    });
});

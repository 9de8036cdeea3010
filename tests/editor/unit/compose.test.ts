import { describe, expect, it } from 'vitest';
import { composeBuilds } from '../../../extension/editor/start/compose.js';

describe('build sections of a Compose file', () => {
    it('are found in both forms', () => {
        const builds = composeBuilds(`
services:
    web:
        build: ./web
        ports: ['8080:80', 9000]
    api:
        build:
            context: api
            dockerfile: docker/Dockerfile
            target: dev
            args:
                - VERSION=2
                - FROM_ENVIRONMENT
    database:
        image: postgres
`);
        expect(builds).toEqual([
            {
                service: 'web',
                context: './web',
                dockerfile: 'Dockerfile',
                target: null,
                args: {},
                ports: ['8080:80', '9000'],
            },
            {
                service: 'api',
                context: 'api',
                dockerfile: 'docker/Dockerfile',
                target: 'dev',
                args: { VERSION: '2' },
                ports: [],
            },
        ]);
    });

    it('are left out where only Compose knows their values', () => {
        const text =
            'services: { a: { build: "${WHERE}" }, b: { build: "https://example.com/x.git" } }';
        expect(composeBuilds(text)).toEqual([]);
    });

    it.each(['', 'services:', 'services: 3', '{', 'services: { a: null }', '- a'])(
        'do not trip over %j',
        (text) => {
            expect(composeBuilds(text)).toEqual([]);
        },
    );
});

import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { rooms } from './scripts/lib/rooms.mjs';

export default defineConfig(
    globalIgnores([
        'pkg/',
        'dist/',
        'out/',
        'target/',
        '.cache/',
        'examples/',
        '**/fixtures/',
        '**/*.test-d.ts',
    ]),
    eslint.configs.recommended,
    {
        files: ['**/*.ts', '**/*.mts'],
        extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
        languageOptions: {
            parserOptions: {
                project: ['./tsconfig.json', './tsconfig.panel.json'],
                tsconfigRootDir: import.meta.dirname,
            },
        },
        plugins: { livepush: { rules: { rooms } } },
        rules: {
            'livepush/rooms': 'error',
            '@typescript-eslint/consistent-type-imports': 'error',
            '@typescript-eslint/consistent-type-exports': 'error',
            '@typescript-eslint/switch-exhaustiveness-check': 'error',
            '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
            '@typescript-eslint/no-confusing-void-expression': [
                'error',
                { ignoreArrowShorthand: true },
            ],
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
            'no-console': 'error',
            'no-restricted-syntax': [
                'error',
                { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
                { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
            ],
            eqeqeq: 'error',
        },
    },
    {
        files: ['extension/host/index.ts', 'vitest.config.mts', '**/*.d.ts'],
        rules: { 'no-restricted-syntax': 'off' },
    },
    { files: ['tests/**', 'benches/**'], rules: { 'no-console': 'off' } },
    {
        files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
        languageOptions: {
            globals: Object.fromEntries(
                ['process', 'console', 'Buffer', 'URL', 'fetch', 'performance', 'AbortSignal']
                    .concat(['setTimeout', 'clearTimeout', 'module', 'require', '__dirname'])
                    .map((name) => [name, 'readonly']),
            ),
        },
    },
);

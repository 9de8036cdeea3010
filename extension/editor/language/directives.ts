/** The directives, as completion and hover explain them. What they mean is the core's business. */
import * as vscode from 'vscode';

export interface DirectiveHelp {
    readonly name: string;
    /** What stands after the `=`, as a snippet. */
    readonly snippet: string;
    readonly summary: string;
    readonly explanation: string;
    readonly example: string;
}

export function directiveHelp(): readonly DirectiveHelp[] {
    const { t } = vscode.l10n;
    return [
        {
            name: 'dev-cmd-live',
            snippet: '${1:npm run dev}',
            summary: t('the command that the live container runs'),
            explanation: t(
                'What a COPY after it brings is pushed without a restart of the application: the command is expected to notice changes by itself. A RUN after it and later stages are not part of the live Dockerfile. There can be one in a Dockerfile.',
            ),
            example: '#dev-cmd-live=npm run dev',
        },
        {
            name: 'dev-run',
            snippet: '${1:npm install --include=dev}',
            summary: t('a RUN that only the live Dockerfile has'),
            explanation: t('It acts at its place, like a RUN. For everyone else it is a comment.'),
            example: '#dev-run=npm install --include=dev',
        },
        {
            name: 'dev-copy',
            snippet: '${1:source} ${2:destination}',
            summary: t('a COPY that only the live Dockerfile has'),
            explanation: t('It acts at its place, like a COPY. For everyone else it is a comment.'),
            example: '#dev-copy=dev.config.json ./',
        },
        {
            name: 'dev-env',
            snippet: '${1:NAME}=${2:value}',
            summary: t('an ENV that only the live Dockerfile has'),
            explanation: t('It acts at its place, like an ENV. For everyone else it is a comment.'),
            example: '#dev-env=NODE_ENV=development',
        },
    ];
}

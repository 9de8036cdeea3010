/** The settings, typed and per folder. */
import * as vscode from 'vscode';
import { section } from './contributions.js';
import { type NotificationKind, notificationKinds } from './errors/notificationKinds.js';

export interface Settings {
    readonly pushOn: 'save' | 'manual';
    readonly watchOutsideChanges: boolean;
    readonly rebuildOn: 'ask' | 'always' | 'never';
    readonly reveal: 'start' | 'failure' | 'never';
    readonly codeLens: boolean;
    readonly dockerHost: string;
    readonly dockerContext: string;
    readonly dockerCertPath: string;
    readonly context: string;
    readonly target: string;
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly ports: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly restart: 'application' | 'container' | 'never';
    readonly notifications: Readonly<Record<NotificationKind, boolean>>;
    readonly severity: Readonly<Record<string, string>>;
}

export function settingsFor(scope?: vscode.Uri): Settings {
    const settings = vscode.workspace.getConfiguration(section, scope ?? null);
    return {
        pushOn: settings.get('pushOn', 'save'),
        watchOutsideChanges: settings.get('watchOutsideChanges', true),
        rebuildOn: settings.get('rebuildOn', 'ask'),
        reveal: settings.get('panel.reveal', 'start'),
        codeLens: settings.get('codeLens.enabled', true),
        dockerHost: settings.get('dockerHost', ''),
        dockerContext: settings.get('dockerContext', ''),
        dockerCertPath: settings.get('dockerCertPath', ''),
        context: settings.get('build.context', ''),
        target: settings.get('build.target', ''),
        buildArgs: texts(settings.get('build.args')),
        ports: strings(settings.get('run.ports')),
        env: texts(settings.get('run.env')),
        restart: settings.get('restart', 'application'),
        notifications: switches(settings.get('notifications')),
        severity: texts(settings.get('diagnostics.severity')),
    };
}

/** A settings file is typed by hand: what is not text is left out. */
function texts(value: unknown): Record<string, string> {
    if (typeof value !== 'object' || value === null) return {};
    const entries = Object.entries(value).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(entries);
}

/** On, unless turned off. */
function switches(value: unknown): Record<NotificationKind, boolean> {
    const off = (kind: string): boolean =>
        typeof value === 'object' &&
        value !== null &&
        (value as Readonly<Record<string, unknown>>)[kind] === false;
    return Object.fromEntries(notificationKinds.map((kind) => [kind, !off(kind)])) as Record<
        NotificationKind,
        boolean
    >;
}

function strings(value: unknown): string[] {
    if (!Array.isArray(value)) return [];
    return value.filter((item): item is string => typeof item === 'string');
}

/** Markers in the application's log: what Livepush did between the lines of the application. */
import * as vscode from 'vscode';
import type { PushResult } from '../../host/api.js';

/** What a push did to the container, or null where it did nothing that the application could see. */
export function pushMarker({
    written,
    removed,
    restarted,
    milliseconds,
}: PushResult): string | null {
    const { t } = vscode.l10n;
    const parts = [
        ...(written === 0
            ? []
            : [written === 1 ? t('pushed 1 file') : t('pushed {0} files', written)]),
        ...(removed === 0 ? [] : [t('removed {0}', removed)]),
        ...(restarted ? [t('restarted')] : []),
    ];
    if (parts.length === 0) return null;
    return [...parts, `${String(Math.round(milliseconds))} ms`].join(', ');
}

/** Dimmed, on a line of its own. */
export function markerLine(text: string, now = new Date()): Uint8Array {
    return new TextEncoder().encode(
        `\u001B[0;2m── ${now.toLocaleTimeString()} ${text} ──\u001B[0m\r\n`,
    );
}

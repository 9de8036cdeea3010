/** The kinds of background failures, each of which can be turned off by itself. */
import type { ErrorCode } from '../../host/api.js';

export const notificationKinds = [
    'pushFailed',
    'applicationExited',
    'containerRemoved',
    'connectionLost',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** What is not here is told of by a push that failed. */
const kindOf: Readonly<Partial<Record<ErrorCode, NotificationKind>>> = {
    'container-died': 'applicationExited',
    'container-not-running': 'applicationExited',
    'container-paused': 'applicationExited',
    'no-shell': 'applicationExited',
    'container-gone': 'containerRemoved',
    'daemon-unreachable': 'connectionLost',
    'permission-denied': 'connectionLost',
};

export function notificationKindOf(code: ErrorCode): NotificationKind {
    return kindOf[code] ?? 'pushFailed';
}

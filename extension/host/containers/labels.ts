/** Labels of a live container, from which a later process takes its session up again. */
export const LIVE_LABEL = 'livepush.live';

export const DOCKERFILE_LABEL = 'livepush.dockerfile';

export const CONTEXT_LABEL = 'livepush.context';

export const SETTINGS_LABEL = 'livepush.settings';

/**
 * Marks the container that runs the application, for people to see. Where it came from and what
 * settings it has is in the session's record, since anybody can write labels.
 */
export const LIVE_LABEL = 'livepush.live';

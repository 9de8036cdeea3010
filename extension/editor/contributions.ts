/** Every name that the manifest and the code share. A test compares the two. */

export const extensionId = 'livepush.livepush';

export const commands = {
    start: 'livepush.start',
    startProject: 'livepush.startProject',
    stopProject: 'livepush.stopProject',
    attach: 'livepush.attach',
    /** Start and Explain as menus call them that do not say Livepush by themselves. */
    startDockerfile: 'livepush.startDockerfile',
    explainFile: 'livepush.explainFile',
    push: 'livepush.push',
    retry: 'livepush.retry',
    cancel: 'livepush.cancelPush',
    pause: 'livepush.pause',
    resume: 'livepush.resume',
    restart: 'livepush.restartContainer',
    rebuild: 'livepush.rebuild',
    explain: 'livepush.explain',
    verify: 'livepush.verify',
    cleanUp: 'livepush.cleanUp',
    selectContext: 'livepush.selectDockerContext',
    stop: 'livepush.stop',
    previewLive: 'livepush.previewLiveDockerfile',
    showActions: 'livepush.showActions',
    showPanel: 'livepush.showPanel',
    showLog: 'livepush.showLog',
    openAddress: 'livepush.openAddress',
    openDockerfile: 'livepush.openDockerfile',
    clearOutput: 'livepush.clearOutput',
    findInOutput: 'livepush.findInOutput',
} as const;

export const views = { panel: 'livepush.output', sessions: 'livepush.sessions' } as const;

export const contextKeys = {
    /** There is a Dockerfile or a session here: the sessions view has something to say. */
    active: 'livepush.active',
    /** State of the current session, or `none`. */
    sessionState: 'livepush.sessionState',
    hasSessions: 'livepush.hasSessions',
} as const;

export const section = 'livepush';

/** The library: what npm `livepush` exports, and the core's pure functions. */
import { Container } from './compat/container.js';
import { Dockerfile } from './compat/dockerfile.js';
import { Livepush } from './compat/livepush.js';

export {
    analyze,
    expandWord,
    isIgnored,
    liveDockerfile,
    liveLineMap,
    matchPath,
    parse,
} from './core/functions.js';

export {
    ContainerNotRunningError,
    DockerfileParseError,
    InternalInconsistencyError,
    InvalidArgumentError,
    RuntimeError,
    UnsupportedError,
} from './compat/errors.js';

export {
    attachSession,
    cleanUp,
    connect,
    connectionOf,
    disconnect,
    findSessions,
    listContainers,
    resumeSession,
    setStateFolder,
    startComposeProject,
    startSession,
} from './engine.js';
export type { ComposeEnd, ComposeEvents, ComposeOptions, ComposeProject } from './compose/types.js';

export { LivepushError } from './common/errors.js';
export { setupFsWatcher } from './compat/fsWatcher.js';
export type { LivepushEvents, LivepushOptions } from './compat/livepush.js';
export { Container, Dockerfile, Livepush };
export default Livepush;

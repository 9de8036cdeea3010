/** The library: what npm `livepush` exports, and the core's pure functions. */
import { Container } from './dropIn/container.js';
import { Dockerfile } from './dropIn/dockerfile.js';
import { Livepush } from './dropIn/livepush.js';

export {
    analyze,
    expandWord,
    isIgnored,
    liveDockerfile,
    liveLineMap,
    matchPath,
    parse,
} from './pure.js';
export {
    ContainerNotRunningError,
    DockerfileParseError,
    InternalInconsistencyError,
    InvalidArgumentError,
    RuntimeError,
    UnsupportedError,
} from './dropIn/errors.js';
export {
    attachSession,
    cleanUp,
    connect,
    findSessions,
    listContainers,
    resumeSession,
    startSession,
} from './frontEnd.js';
export { LivepushError } from './errors.js';
export { setupFsWatcher } from './watch.js';
export type { LivepushEvents, LivepushOptions } from './dropIn/livepush.js';
export { Container, Dockerfile, Livepush };
export default Livepush;

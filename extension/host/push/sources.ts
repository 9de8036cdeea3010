import type { ContextFiles } from '../context/files.js';
import type { BuildContainer } from '../containers/buildContainer.js';

/** Where the bytes of entries come from. */
export interface Sources {
    readonly context: ContextFiles;
    stage(stage: number): Promise<BuildContainer>;
    image(name: string): Promise<BuildContainer>;
}

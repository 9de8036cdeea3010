/** The compiled core. It is made ready when it is first asked for: that takes a few milliseconds. */
import * as compiled from '../../../pkg/livepush.js';
import wasm from '../../../pkg/livepush_bg.wasm';

// eslint-disable-next-line no-restricted-syntax -- its types are generated, and all are offered
export type * from '../../../pkg/livepush.js';

let ready = false;

export function core(): typeof compiled {
    if (!ready) compiled.initSync({ module: wasm });
    ready = true;
    return compiled;
}

/**
 * The compiled core. It is made ready when it is first asked for: that takes a few milliseconds.
 *
 * Whatever breaks a call off (a panic, an exhausted stack or memory) leaves an instance of which
 * nothing is known, so the next call runs on a new one. Sessions of the old instance are lost.
 */
import * as compiled from '../../../pkg/livepush.js';
import wasm from '../../../pkg/livepush_bg.wasm';
import { CorePanic, isTrap, messageOf } from '../common/errors.js';

// eslint-disable-next-line no-restricted-syntax -- its types are generated, and all are offered
export type * from '../../../pkg/livepush.js';

type Core = typeof compiled;
type Call = (this: unknown, ...values: unknown[]) => unknown;

let ready: Core | null = null;
let broken = false;
/** Instances that were given up so far. */
let generation = 0;
const generations = new WeakMap<object, number>();

export function core(): Core {
    ready ??= load();
    return ready;
}

function load(): Core {
    compiled.initSync({ module: wasm });
    const { CoreSession } = compiled;
    const methods = Object.entries(Object.getOwnPropertyDescriptors(CoreSession.prototype));
    for (const [name, { value }] of methods) {
        if (typeof value !== 'function' || name === 'constructor') continue;
        const call = name === 'free' ? freed(value as Call) : guarded(value as Call);
        Object.defineProperty(CoreSession.prototype, name, { value: call, writable: true });
    }
    const functions = Object.entries(compiled).map(([name, value]) => [
        name,
        typeof value === 'function' ? guarded(value as Call) : value,
    ]);
    return { ...(Object.fromEntries(functions) as Core), CoreSession: watched(CoreSession) };
}

/** The class, which notes of each session which instance it belongs to. */
function watched(made: Core['CoreSession']): Core['CoreSession'] {
    return new Proxy(made, {
        construct: (target, values) => {
            const construct = guarded(() => Reflect.construct(target, values) as object);
            const session = construct() as object;
            generations.set(session, generation);
            return session;
        },
    });
}

function guarded(call: Call): Call {
    return function (this: unknown, ...values) {
        if (broken) renew();
        try {
            return call.apply(this, values);
        } catch (error) {
            // Whatever follows may need more stack than there is.
            broken = true;
            broken = isTrap(error);
            if (!broken) throw error;
            throw new CorePanic(messageOf(error), { cause: error });
        }
    };
}

/** A session of an instance that was given up has gone with it. */
function freed(call: Call): Call {
    const free = guarded(call);
    return function (this: unknown) {
        if (broken) renew();
        if (generations.get(this as object) === generation) free.call(this);
    };
}

function renew(): void {
    compiled.renew();
    generation++;
    broken = false;
}

import { EventEmitter } from 'node:events';

/** Called with what an event carries; `undefined` is of an event that carries nothing. */
type ListenerOf<P> = [P] extends [undefined] ? () => void : (payload: P) => void;

/**
 * An emitter whose events are known by name and by what they carry. Written out here, since the
 * types of Node's own emitter know of that only in newer versions than users may have.
 */
export interface TypedEvents<Events extends object> {
    on<K extends keyof Events>(event: K, listener: ListenerOf<Events[K]>): this;
    once<K extends keyof Events>(event: K, listener: ListenerOf<Events[K]>): this;
    off<K extends keyof Events>(event: K, listener: ListenerOf<Events[K]>): this;
    addListener<K extends keyof Events>(event: K, listener: ListenerOf<Events[K]>): this;
    prependListener<K extends keyof Events>(event: K, listener: ListenerOf<Events[K]>): this;
    removeListener<K extends keyof Events>(event: K, listener: ListenerOf<Events[K]>): this;
    removeAllListeners(event?: keyof Events): this;
    emit<K extends keyof Events>(
        event: K,
        ...payload: [Events[K]] extends [undefined] ? [] : [payload: Events[K]]
    ): boolean;
    listenerCount(event: keyof Events): number;
    setMaxListeners(count: number): this;
    getMaxListeners(): number;
}

/** Node's emitter, to be extended by a class under the types of its own events. */
export function typedEmitter<Events extends object>(): new () => TypedEvents<Events> {
    return EventEmitter;
}

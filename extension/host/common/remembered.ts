/** What was made once, or is being made; a failure is not remembered. */
export function remembered<K, V>(
    known: Map<K, Promise<V>>,
    key: K,
    make: () => Promise<V>,
): Promise<V> {
    const there = known.get(key);
    if (there !== undefined) return there;
    const made = make();
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
}

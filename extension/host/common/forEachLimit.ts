/** How many files are read at once: enough to hide a disk's latency, far from any limit. */
const AT_ONCE = 16;

/** Does the work for each item, a few at a time. The first failure ends it. */
export async function inTurns<T>(
    items: readonly T[],
    work: (item: T) => Promise<void>,
    atOnce = AT_ONCE,
): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
        while (next < items.length) {
            const item = items[next++];
            if (item !== undefined) await work(item);
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

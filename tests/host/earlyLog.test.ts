import { expect, test } from 'vitest';
import { EarlyLog } from '../../extension/host/session/events.js';

test('what was printed before anybody listened is told once, in order', () => {
    const log = new EarlyLog();
    log.keep('stdout', Buffer.from('one'));
    log.keep('stderr', Buffer.from('two'));
    expect(log.take().map(([stream, data]) => `${stream} ${String(data)}`)).toEqual([
        'stdout one',
        'stderr two',
    ]);
    expect(log.take()).toEqual([]);
});

test('an application to which nobody listens does not fill the memory', () => {
    const log = new EarlyLog();
    for (let line = 0; line < 100; line++) log.keep('stdout', Buffer.alloc(100_000, line));
    const kept = log.take();
    expect(kept.reduce((sum, [, data]) => sum + data.length, 0)).toBeLessThanOrEqual(1024 * 1024);
    expect(kept.at(-1)?.[1][0]).toBe(99);
    log.keep('stdout', Buffer.alloc(2_000_000));
    expect(log.take()).toEqual([]);
});

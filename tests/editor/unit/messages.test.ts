import { describe, expect, it } from 'vitest';
import { readFromPanel } from '../../../extension/protocol/messages.js';

describe('messages of the page', () => {
    it('are taken when they are known', () => {
        expect(readFromPanel({ type: 'run', command: 'push', more: 1 })).toEqual({
            type: 'run',
            command: 'push',
        });
        expect(readFromPanel({ type: 'open', line: 3 })).toEqual({ type: 'open', line: 3 });
    });

    it.each([
        null,
        'ready',
        {},
        { type: 'run', command: 'workbench.action.quit' },
        { type: 'run', command: 'toString' },
        { type: 'open', line: 0 },
        { type: 'open', line: 1.5 },
        { type: 'open', line: '1' },
        { type: 'select', key: {} },
        { type: 'copy', text: 'x'.repeat(16 * 1024 * 1024 + 1) },
        { type: 'unknown' },
    ])('are dropped when they are not: %#', (message) => {
        expect(readFromPanel(message)).toBeNull();
    });
});

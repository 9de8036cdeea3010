import { describe, expect, it } from 'vitest';
import type { ErrorCode, LivepushErrorShape } from '../../../extension/host/api.js';
import { plainText } from '../../../extension/editor/errors/plainText.js';
import { sentenceOf, toldError } from '../../../extension/editor/errors/toldError.js';

function error(code: ErrorCode, more: Partial<LivepushErrorShape> = {}): LivepushErrorShape {
    return {
        code,
        message: 'It failed',
        remedy: '',
        output: '',
        lines: [4, 5],
        path: null,
        ...more,
    };
}

describe('text of Docker', () => {
    it('is shown with short ids', () => {
        const id = '0123456789ab'.padEnd(64, 'c');
        expect(plainText(`No such container: ${id}`)).toBe('No such container: 0123456789ab');
        expect(plainText(`image sha256:${id}.`)).toBe('image 0123456789ab.');
    });

    it('keeps what only looks like an id', () => {
        expect(plainText('a'.repeat(65))).toBe('a'.repeat(65));
        expect(plainText('deadbeef')).toBe('deadbeef');
    });

    it('is shown without backticks, which only Markdown understands', () => {
        expect(plainText('Unpause it (`docker unpause`).')).toBe("Unpause it ('docker unpause').");
        expect(plainText('one ` alone')).toBe('one ` alone');
    });
});

describe('an error', () => {
    it('has a place only where the Dockerfile is to be corrected', () => {
        expect(toldError(error('step-failed')).line).toBe(4);
        expect(toldError(error('container-gone')).line).toBeNull();
    });

    it('is told in sentences, with the last line that the application printed', () => {
        const died = error('container-died', {
            message: 'The application exited with code 7',
            remedy: 'Restart the container.',
            output: 'starting\ncannot open the database',
        });
        expect(sentenceOf(died)).toBe(
            'The application exited with code 7. Restart the container. Last output: cannot open the database',
        );
        expect(sentenceOf(error('step-failed', { output: 'noise' }))).toBe('It failed');
    });

    it('says what the button says', () => {
        const paused = error('container-paused', { remedy: 'Unpause it (`docker unpause`).' });
        expect(toldError(paused).remedy).toBe('Restart the container.');
    });
});

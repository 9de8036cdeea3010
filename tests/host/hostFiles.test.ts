/** Paths and modes by the rules of each platform, as Docker’s client reads them there. */
import { describe, expect, test } from 'vitest';
import { contextMode, pathBelow } from '../../extension/host/common/hostFiles.js';

describe('what lies below a folder', () => {
    test.each<[NodeJS.Platform, string, string, string | null]>([
        ['linux', '/app', '/app/src/a.js', 'src/a.js'],
        ['linux', '/app/', '/app/a', 'a'],
        ['linux', '/app', '/app', null],
        ['linux', '/app', '/apple/a', null],
        ['linux', '/app', '/a', null],
        ['linux', '/app', '/app/..a/b', '..a/b'],
        // A file whose name has a backslash is one file.
        ['linux', '/app', '/app/a\\b', 'a\\b'],
        ['linux', '/app', '/App/a', null],
        ['win32', 'C:\\app', 'C:\\app\\src\\a.js', 'src/a.js'],
        ['win32', 'C:\\app', 'c:/App/src/a.js', 'src/a.js'],
        ['win32', 'C:\\', 'C:\\a\\b', 'a/b'],
        ['win32', 'C:\\app', 'D:\\app\\a', null],
        ['win32', 'C:\\app', 'C:\\apple\\a', null],
        ['win32', '\\\\server\\share\\app', '\\\\server\\share\\app\\a', 'a'],
    ])('on %s, from %s to %s: %s', (platform, folder, path, below) => {
        expect(pathBelow(folder, path, platform)).toBe(below);
    });
});

describe('the mode of a file of the context', () => {
    test.each<[NodeJS.Platform, number, number]>([
        ['linux', 0o100644, 0o644],
        ['linux', 0o104755, 0o4755],
        ['linux', 0o41777, 0o1777],
        ['darwin', 0o100600, 0o600],
        ['win32', 0o100666, 0o755],
        ['win32', 0o100444, 0o555],
        ['win32', 0o40777, 0o755],
    ])('on %s, %d is %d', (platform, mode, built) => {
        expect(contextMode(mode, platform)).toBe(built);
    });
});

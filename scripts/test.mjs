/**
 * All tests, in sections: `npm test`, or `npm test -- core host` for some of them.
 * It ends with one line that counts them all.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureDocker } from './docker.mjs';
import { ensureImages } from './images.mjs';
import { Problem, root, say, script } from './lib/run.mjs';
import { ensurePython } from './lib/python.mjs';
import { ensureRust } from './lib/rust.mjs';
import { ensureModules } from './modules.mjs';
import { packExtension } from './package.mjs';
import { ensureSshServer } from './ssh.mjs';
import { ensureVscode } from './vscode.mjs';

const sections = {
    core: testCore,
    host: testHost,
    editor: () => testWithDocker('editor'),
    scenarios: () => testWithDocker('scenarios'),
    vscode: testInVscode,
};

async function main() {
    const wanted = process.argv.slice(2);
    for (const name of wanted) {
        if (!(name in sections))
            throw new Problem(`no section ${name}: ${Object.keys(sections).join(', ')}`);
    }
    await ensureModules();
    const total = { passed: 0, failed: 0 };
    for (const [name, run] of Object.entries(sections)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        say(`===== tests of the ${name} =====`);
        const { passed, failed } = await guarded(run);
        say(`${name}: ${passed} passed, ${failed} failed`);
        total.passed += passed;
        total.failed += failed;
    }
    process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
    return total.failed === 0 ? 0 : 1;
}

/** A section that cannot be run at all has failed, and the others still run. */
async function guarded(run) {
    try {
        return await run();
    } catch (error) {
        if (!(error instanceof Problem)) throw error;
        say(`cannot go on: ${error.message}`);
        return { passed: 0, failed: 1 };
    }
}

async function testCore() {
    await ensureRust();
    const { code, text } = await echo('cargo', [
        'test',
        '--locked',
        '--workspace',
        '--no-fail-fast',
    ]);
    const counts = { passed: 0, failed: 0 };
    for (const [, passed, failed] of text.matchAll(
        /^test result: .* (\d+) passed; (\d+) failed/gm,
    )) {
        counts.passed += Number(passed);
        counts.failed += Number(failed);
    }
    return settle(counts, code);
}

async function testHost() {
    await ensureSshServer();
    return testWithDocker('host');
}

async function testWithDocker(project) {
    await ensureDocker();
    await ensureImages();
    if (project === 'scenarios') await ensurePython();
    await build();
    return vitest(project);
}

async function testInVscode() {
    await ensureDocker();
    await ensureImages();
    await ensureVscode();
    await build();
    await packExtension();
    return vitest('vscode');
}

/** Runs one of vitest's projects, and reads the counts from its report. */
async function vitest(project) {
    const report = join(root, 'out', `${project}-tests.json`);
    mkdirSync(join(root, 'out'), { recursive: true });
    rmSync(report, { force: true });
    const { code } = await echo(process.execPath, [
        join(root, 'node_modules/vitest/vitest.mjs'),
        ...['run', '--project', project, '--reporter=default', '--reporter=json'],
        `--outputFile.json=${report}`,
    ]);
    if (!existsSync(report)) return settle({ passed: 0, failed: 0 }, code);
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return settle({ passed: numPassedTests, failed: numFailedTests }, code);
}

/** A runner that fails without a failed test (it did not compile, say) counts as one. */
function settle(counts, code) {
    if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1 };
    return counts;
}

/** Runs a program, and both shows and keeps what it prints. */
function echo(program, args) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (data) => {
            text += data;
            process.stdout.write(data);
        });
        child.once('error', () => reject(new Problem(`${program} is not installed`)));
        child.once('close', (code) => resolve({ code, text }));
    });
}

await script(main);

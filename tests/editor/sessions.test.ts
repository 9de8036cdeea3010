/** Several sessions in one window: of a Compose file's services, built or attached to. */
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Workbench } from './pages/workbench.js';
import { docker, served, TestWindow } from './support/session.js';

vi.setConfig({ testTimeout: 240_000 });

const project = fileURLToPath(new URL('projects/services', import.meta.url));
const apiImage = 'livepush-test-api';
/** Its own in every run: one that was broken off must not be in the way of the next. */
const apiName = `livepush-test-api-${process.pid}`;

describe('the services of a Compose file', () => {
    let window: TestWindow;
    let workbench: Workbench;
    let other: Server;
    let port = 0;
    let web = '';
    let api = '';

    beforeAll(async () => {
        other = createServer();
        await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
        port = (other.address() as { port: number }).port;
        window = await TestWindow.open({
            project,
            theme: 'light',
            settings: { 'livepush.run.ports': [`127.0.0.1:${String(port)}:8000`] },
        });
        ({ workbench } = window);
    });

    afterEach(async ({ task }) => {
        await window.pictureOfFailure(task);
    });

    afterAll(async () => {
        other.close();
        await window.close();
        const left = [web, api].filter((name) => name !== '');
        if (left.length > 0) execFileSync('/usr/bin/docker', ['rm', '--force', ...left]);
    });

    it('are offered by their names, and those that are not built are not', async () => {
        await workbench.runCommand('Livepush: Start');
        await workbench.quickPickRow('api').waitFor();
        await workbench.quickPickRow('web').waitFor();
        expect(await workbench.quickPickRow('store').count()).toBe(0);
        await window.picture('choose-light');
        await workbench.escape();
    });

    it('get a free port where theirs is taken, at one click', async () => {
        await workbench.openFile('web/Dockerfile');
        await workbench.runCommand('Livepush: Start');
        await workbench.chooseIfAsked('Build and Run');
        await workbench
            .notification(`Port ${port} of 127.0.0.1 is taken by another container or program`)
            .waitFor();
        await workbench.codeLens('Failed: ').waitFor();
        await window.picture('port-taken-light');
        await workbench.answer(String(port), 'Use a Free Port');
        await workbench.waitForStatus('Live');
        web = await workbench.panel.containerName();
        await served(web, 'The web.', performance.now());
    });

    it('are attached to where they run already', async () => {
        await docker(
            'build',
            '--tag',
            apiImage,
            '--file',
            window.path('api/api.Dockerfile'),
            window.path('api'),
        );
        await docker(
            'run',
            '--detach',
            '--name',
            apiName,
            '--publish',
            '127.0.0.1::8000',
            apiImage,
        );
        api = apiName;
        await workbench.openFile('api/api.Dockerfile');
        await workbench.runCommand('Livepush: Start');
        await workbench.quickPickRow(api).waitFor();
        await window.picture('attach-light');
        expect(await workbench.quickPickRow(api).textContent()).toContain(
            'built from this Dockerfile',
        );
        await workbench.choose(api);
        await workbench.panel.session(api).waitFor({ state: 'attached' });
        await workbench.waitForStatus('Live');
    });

    it('are live at once, each with its own pushes', async () => {
        await workbench.openFile('api/index.html');
        await workbench.replaceLine(1, '<p>The API, saved.</p>');
        await workbench.save();
        await served(api, 'The API, saved.', performance.now());
        await workbench.openFile('web/index.html');
        await workbench.replaceLine(1, '<p>The web, saved.</p>');
        await workbench.save();
        await served(web, 'The web, saved.', performance.now());
        await served(api, 'The API, saved.', performance.now());
        await workbench.runCommand('Explorer: Focus on Livepush Sessions View');
        await workbench.sideBar.row(api).waitFor();
        await workbench.sideBar.row(web).waitFor();
        await window.picture('sessions-light');
    });

    it('stop one by one; a container that was attached to goes on running', async () => {
        await workbench.openFile('api/index.html');
        await workbench.runCommand('Livepush: Stop');
        await workbench.answerDialog('Keep Container');
        await workbench.sideBar.row(api).waitFor({ state: 'hidden' });
        expect(await docker('inspect', '--format', '{{.State.Running}}', api)).toBe('true');
        await served(api, 'The API, saved.', performance.now());
        await workbench.sideBar.row(web).waitFor();
    });

    it('leave nothing behind that a clean-up would not find', async () => {
        await workbench.runCommand('Livepush: Stop');
        await workbench.answerDialog('Remove Container');
        await workbench.statusItem.waitFor({ state: 'hidden' });
        web = '';
        await workbench.runCommand('Livepush: Clean Up');
        await workbench
            .notification('clean up')
            .or(workbench.notification('left behind'))
            .waitFor();
    });
});

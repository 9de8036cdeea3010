/** Several sessions in one window: of a Compose file's services, built or attached to. */
import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from 'vitest';
import { inWindow } from './support/inWindow.js';
import { docker, served } from './support/session.js';

const project = fileURLToPath(new URL('projects/services', import.meta.url));
const apiImage = 'livepush-test-api';
/** Its own in every run: one that was broken off must not be in the way of the next. */
const apiName = `livepush-test-api-${process.pid}`;

const other = createServer();
await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
const { port } = other.address() as AddressInfo;

const it = inWindow({
    project,
    theme: 'light',
    settings: { 'livepush.run.ports': [`127.0.0.1:${port}:8000`] },
});

describe('the services of a Compose file', () => {
    let web = '';
    let api = '';

    /** Somebody's own container of the API. */
    async function runApi(name: string): Promise<void> {
        await docker('run', '--detach', '--name', name, '--publish', '127.0.0.1::8000', apiImage);
        api = name;
    }

    afterAll(() => {
        other.close();
        if (api !== '') execFileSync('/usr/bin/docker', ['rm', '--force', api]);
    });

    it('are offered by their names, and those that are not built are not', async ({
        window,
        workbench,
    }) => {
        await workbench.runCommand('Livepush: Start');
        await workbench.quickPickRow('api').waitFor();
        await workbench.quickPickRow('web').waitFor();
        expect(await workbench.quickPickRow('store').count()).toBe(0);
        await window.pictures('choose');
        await workbench.escape();
    });

    it('get a free port where theirs is taken, at one click', async ({
        window,
        workbench,
        panel,
    }) => {
        await workbench.start('web/Dockerfile');
        await panel
            .problem(`Port ${port} of 127.0.0.1 is taken by another container or program`)
            .waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await workbench.codeLens('Start failed: ').waitFor();
        await panel.headline.filter({ hasText: 'failed' }).waitFor();
        await window.pictures('port-taken');
        await panel.remedy('Use a Free Port').click();
        await workbench.waitForStatus('Live');
        web = await panel.containerName();
        await served(web, 'The web.', performance.now());
    });

    it('are attached to where they run already', async ({ window, workbench, panel }) => {
        await docker(
            'build',
            '--tag',
            apiImage,
            '--file',
            window.path('api/api.Dockerfile'),
            window.path('api'),
        );
        await runApi(apiName);
        await workbench.openFile('api/api.Dockerfile');
        await workbench.runCommand('Livepush: Start');
        await workbench.quickPickRow(api).waitFor();
        await window.picture('attach');
        expect(await workbench.quickPickRow(api).textContent()).toContain(
            'built from this Dockerfile',
        );
        await workbench.choose(api);
        await panel.session(api).waitFor({ state: 'attached' });
        await workbench.waitForStatus('Live');
    });

    it('are live at once, each with its own pushes', async ({ window, workbench, sideBar }) => {
        await workbench.edit('api/index.html', 1, '<p>The API, saved.</p>');
        await served(api, 'The API, saved.', performance.now());
        await workbench.edit('web/index.html', 1, '<p>The web, saved.</p>');
        await served(web, 'The web, saved.', performance.now());
        await served(api, 'The API, saved.', performance.now());
        await workbench.runCommand('Explorer: Focus on Livepush Sessions View');
        await sideBar.row(api).waitFor();
        await sideBar.row(web).waitFor();
        await window.pictures('sessions');
    });

    it('start again in another container where one that was attached to is removed', async ({
        window,
        workbench,
        panel,
        sideBar,
    }) => {
        await docker('rm', '--force', api);
        await sideBar.row('api/api.Dockerfile').filter({ hasText: 'Removed' }).waitFor();
        await panel.problem('The container was removed').waitFor();
        await panel.problem('Start again: build and run a new one, or attach').waitFor();
        expect(await workbench.notifications.count()).toBe(0);
        await window.pictures('removed');
        await runApi(`${apiName}-anew`);
        await panel.remedy('Start Again').click();
        await workbench.choose(api);
        await panel.session(api).waitFor({ state: 'attached' });
        await sideBar.row('api/api.Dockerfile').filter({ hasText: 'Live' }).waitFor();
        await served(api, 'The API, saved.', performance.now());
    });

    it('are asked how to go on where a rebuild would replace what was attached to', async ({
        workbench,
        panel,
        sideBar,
    }) => {
        await workbench.edit('api/api.Dockerfile', 1, 'FROM busybox AS final');
        const message = 'api/api.Dockerfile changed: the container shows it once you start again.';
        await workbench.answer(message, 'Start Again');
        await workbench.choose(api);
        await panel.session(api).waitFor({ state: 'attached' });
        await sideBar.row('api/api.Dockerfile').filter({ hasText: 'Live' }).waitFor();
        await workbench.runCommand('Livepush: Rebuild');
        await workbench.quickPickRow('Build and Run').waitFor();
        await workbench.escape();
        await sideBar.row('api/api.Dockerfile').filter({ hasText: 'Live' }).waitFor();
    });

    it('stop one by one; a container that was attached to goes on running', async ({
        workbench,
        sideBar,
    }) => {
        await workbench.openFile('api/index.html');
        await workbench.runCommand('Livepush: Stop');
        await sideBar.row(api).waitFor({ state: 'hidden' });
        expect(await docker('inspect', '--format', '{{.State.Running}}', api)).toBe('true');
        await served(api, 'The API, saved.', performance.now());
        await sideBar.row(web).waitFor();
    });

    it('leave nothing behind that a clean-up would not find', async ({ workbench }) => {
        await workbench.runCommand('Livepush: Stop');
        await workbench.answerDialog('Remove Container');
        await workbench.statusItem.waitFor({ state: 'hidden' });
        await workbench.runCommand('Livepush: Clean Up');
        await workbench
            .notification('clean up')
            .or(workbench.notification('Removed containers'))
            .waitFor();
    });
});

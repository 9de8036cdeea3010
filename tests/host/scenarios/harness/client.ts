/** The docker command line. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

/** The client that has BuildKit: another one without plugins may come first on PATH. */
export const CLIENT = process.env['LIVEPUSH_DOCKER'] ?? firstOf('/usr/bin/docker', 'docker');

function firstOf(preferred: string, otherwise: string): string {
    return fs.existsSync(preferred) ? preferred : otherwise;
}

/** What `docker build` itself calls: without the client before it, a build costs half as much. */
export const BUILDX = execFileSync(CLIENT, [
    'info',
    '--format={{range .ClientInfo.Plugins}}{{if eq .Name "buildx"}}{{.Path}}{{end}}{{end}}',
])
    .toString()
    .trim();

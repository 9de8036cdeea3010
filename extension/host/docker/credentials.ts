/** Credentials for registries, from where the docker command line keeps them. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LivepushError, messageOf } from '../common/errors.js';

/** A user name and its password; without a user name the secret is an identity token. */
export interface Credentials {
    readonly user: string;
    readonly secret: string;
}

interface Auth {
    readonly auth?: string;
    readonly username?: string;
    readonly password?: string;
    readonly identitytoken?: string;
}

/** As much of the command line's config file as is about registries. */
interface CliConfig {
    readonly auths?: Readonly<Record<string, Auth>>;
    readonly credHelpers?: Readonly<Record<string, string>>;
    readonly credsStore?: string;
}

/** Docker Hub has this name in the config, and others where it is asked for images. */
const HUB = 'https://index.docker.io/v1/';
const HUB_HOSTS = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
/** The user name with which a credential helper gives an identity token. */
const TOKEN = '<token>';

/** What the docker command line would log in to a registry with, or null. */
export async function credentialsFor(host: string): Promise<Credentials | null> {
    const config = await readConfig();
    const server = HUB_HOSTS.has(host) ? HUB : host;
    const helper = config.credHelpers?.[server] ?? config.credHelpers?.[host] ?? config.credsStore;
    if (helper !== undefined && helper !== '') return askHelper(helper, server);
    const wanted = hostOf(server);
    for (const [name, auth] of Object.entries(config.auths ?? {})) {
        if (name === server || hostOf(name) === wanted) return ofAuth(auth);
    }
    return null;
}

/** Credentials of an image's registry as Docker's API takes them for a pull, or null. */
export async function pullCredentials(registry: string): Promise<object | null> {
    const found = await credentialsFor(registry);
    if (found === null) return null;
    const serveraddress = HUB_HOSTS.has(registry) ? HUB : registry;
    return found.user === ''
        ? { identitytoken: found.secret, serveraddress }
        : { username: found.user, password: found.secret, serveraddress };
}

async function readConfig(): Promise<CliConfig> {
    const folder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
    const file = join(folder, 'config.json');
    try {
        return JSON.parse(await readFile(file, 'utf8')) as CliConfig;
    } catch (error) {
        if (error instanceof SyntaxError) {
            throw new LivepushError('unreadable', `${file}: ${error.message}`, {
                remedy: 'Correct the file.',
                path: file,
                cause: error,
            });
        }
        return {};
    }
}

/** The host in a name of the config, which may be an address. */
function hostOf(name: string): string {
    return name.replace(/^https?:\/\//u, '').replace(/\/.*$/u, '');
}

function ofAuth({ auth = '', username, password, identitytoken }: Auth): Credentials | null {
    if (identitytoken !== undefined && identitytoken !== '') {
        return { user: '', secret: identitytoken };
    }
    const [user = '', ...secret] = Buffer.from(auth, 'base64').toString().split(':');
    if (secret.length > 0) return { user, secret: secret.join(':').replace(/\0+$/u, '') };
    return username === undefined ? null : { user: username, secret: password ?? '' };
}

/** Runs `docker-credential-NAME get`; it has nothing for most registries, which is no error. */
async function askHelper(name: string, server: string): Promise<Credentials | null> {
    if (!/^[\w.-]+$/u.test(name)) return null;
    const program = `docker-credential-${name}`;
    const { code, text } = await outputOf(program, server);
    if (code !== 0) {
        if (/not found|no credentials/iu.test(text)) return null;
        throw new LivepushError('registry-failed', `${program} failed: ${text.trim()}`, {
            remedy: `Check the credential helper ${name} of the docker command line.`,
        });
    }
    const { Username: user, Secret: secret } = JSON.parse(text) as {
        Username: string;
        Secret: string;
    };
    return { user: user === TOKEN ? '' : user, secret };
}

function outputOf(program: string, input: string): Promise<{ code: number; text: string }> {
    return new Promise((resolve) => {
        const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'] });
        let text = '';
        child.stdout.on('data', (data: Buffer) => (text += data.toString()));
        child.stdin.on('error', () => undefined);
        child.stdin.end(`${input}\n`);
        child.once('error', (error) => resolve({ code: 1, text: messageOf(error) }));
        child.once('close', (code) => resolve({ code: code ?? 1, text }));
    });
}

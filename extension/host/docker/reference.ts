/**
 * The whole name of an image as registries know it, without a digest: `node` is
 * `docker.io/library/node:latest`.
 */
export function wholeName(reference: string): string {
    const name = reference.replace(/@.*$/u, '');
    const [first = '', ...rest] = name.split('/');
    // A registry has a dot or a port in its name, and a name on Docker Hub neither.
    const isRegistry = rest.length > 0 && /[.:]|^localhost$/u.test(first);
    const path = isRegistry ? rest.join('/') : name;
    const registry = isRegistry ? first : 'docker.io';
    const isHub = registry === 'docker.io' || registry === 'index.docker.io';
    const whole = isHub && !path.includes('/') ? `library/${path}` : path;
    const tag = /:[^/]*$/u.test(whole) || reference.includes('@') ? '' : ':latest';
    return `${isHub ? 'docker.io' : registry}/${whole}${tag}`;
}

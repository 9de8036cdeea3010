import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { Problem } from './run.mjs';

/**
 * What an application answers, or why it does not, as an error. Not by `fetch`: Node 20's never
 * settles where the first connection is cut off, as it is while an application starts.
 */
export function ask(address, patience = 10_000) {
    return new Promise((resolve, reject) => {
        const request = get(address, { agent: false, timeout: patience }, (response) => {
            text(response).then(resolve, reject);
        });
        request.once('timeout', () => request.destroy(new Error('no answer in time')));
        request.once('error', reject);
    });
}

/** Asks again and again until `accept` likes an answer, and gives that. */
export async function askUntil(address, accept, patience = 60_000) {
    const deadline = performance.now() + patience;
    let last = 'nothing';
    while (performance.now() < deadline) {
        try {
            last = await ask(address);
            if (accept(last)) return last;
        } catch (error) {
            last = error.code ?? error.message;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }
    throw new Problem(`${address} answered ${JSON.stringify(last.slice(0, 80))} to the end`);
}

// A key-value store over HTTP that keeps its values in a volume.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');

const file = '/data/values.json';
const values = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

createServer((request, response) => {
    const key = request.url.slice(1);
    if (request.method !== 'PUT') return response.end(values[key] ?? '');
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
        values[key] = body;
        writeFileSync(file, JSON.stringify(values));
        response.end();
    });
}).listen(6380, () => console.log('cache: listening on 6380'));

process.on('SIGTERM', () => process.exit(0));

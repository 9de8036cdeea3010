const { createServer } = require('node:http');
const { readFile } = require('node:fs');
const { basename, join } = require('node:path');

const site = join(__dirname, '../site');

const server = createServer((request, response) => {
    const name = basename(new URL(request.url, 'http://here').pathname) || 'index.html';
    readFile(join(site, name), (error, content) => {
        response.writeHead(error ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
        response.end(error ? `no page ${name}\n` : content);
    });
});

server.listen(8080, () => console.log('listening on port 8080'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));

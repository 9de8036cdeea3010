// Serves the shop's page, with what the worker last put into the cache.
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');

const greeting = 'Welcome';

createServer(async (request, response) => {
    const offer = await fetch(`${process.env.CACHE}/offer`)
        .then((answer) => answer.text())
        .catch(() => 'no offer');
    const page = readFileSync('public/index.html', 'utf8');
    response.setHeader('Content-Type', 'text/html');
    response.end(`<h1>${greeting} to ${process.env.SHOP_NAME}</h1>\n${page}<p>${offer}</p>\n`);
}).listen(8080, () => console.log('web: listening on 8080'));

process.on('SIGTERM', () => process.exit(0));

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { greet } from 'greeting';

const page = new URL('page.html', import.meta.url);

const server = createServer(async (_request, response) => {
    const html = await readFile(page, 'utf8');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(html.replace('{greeting}', greet('world')));
});

server.listen(8080, () => console.log('listening on port 8080'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));

// Makes the shop's pages: each text in pages/ becomes an HTML page in public/.
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');

mkdirSync('public', { recursive: true });
for (const name of readdirSync('pages')) {
    const text = readFileSync(`pages/${name}`, 'utf8');
    writeFileSync(`public/${name.replace(/\.txt$/, '.html')}`, `<main>${text.trim()}</main>\n`);
}

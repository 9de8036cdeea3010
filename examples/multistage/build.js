// Makes a site of a folder of texts: one page for each, and an index.
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');

const [source, target] = process.argv.slice(2);
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const names = readdirSync(source).sort();

mkdirSync(target, { recursive: true });
for (const name of names) {
    const text = escape(readFileSync(join(source, name), 'utf8'));
    writeFileSync(join(target, `${basename(name, '.txt')}.html`), `<pre>${text}</pre>\n`);
    console.log(`built ${name}`);
}
const links = names.map((name) => basename(name, '.txt'));
const list = links.map((name) => `<li><a href="/${name}.html">${name}</a></li>`);
writeFileSync(join(target, 'index.html'), `<ul>\n${list.join('\n')}\n</ul>\n`);

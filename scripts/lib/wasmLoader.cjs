'use strict';
/**
 * Carries a `.wasm` inside a bundle, compressed: it is most of what is shipped, and a package's own
 * compression can do little with the text that it would be otherwise.
 */
const { brotliCompressSync } = require('node:zlib');

module.exports = function wasmLoader(content) {
    const text = brotliCompressSync(content).toString('base64');
    return [
        "import { brotliDecompressSync } from 'node:zlib';",
        `export default brotliDecompressSync(Buffer.from('${text}', 'base64'));`,
    ].join('\n');
};

module.exports.raw = true;

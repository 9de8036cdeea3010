'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');
const TerserPlugin = require('terser-webpack-plugin');
const { IgnorePlugin } = require('webpack');

/** What every bundle has in common. */
function bundle(name, entry, target, options) {
    return {
        name,
        target,
        entry: { [name]: `./${entry}` },
        mode: 'production',
        devtool: 'source-map',
        resolve: { extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } },
        module: { rules: [typescript, wasm, stylesheet] },
        performance: { hints: false },
        optimization: { minimizer: [minimizer], splitChunks: false },
        stats: 'errors-warnings',
        ...options,
    };
}

// Types are checked by `tsc` alone; this only strips them.
const typescript = {
    test: /\.ts$/,
    loader: 'ts-loader',
    options: { transpileOnly: true, configFile: path.join(__dirname, 'tsconfig.json') },
};

// The core is carried inside the bundle: one file, loaded without a path, in any kind of host.
const wasm = {
    test: /\.wasm$/,
    type: 'javascript/auto',
    loader: path.join(__dirname, 'scripts/lib/wasmLoader.cjs'),
};

// Style sheets become strings, which the page is made of.
const stylesheet = { test: /\.css$/, type: 'asset/source' };

// People read the names of classes, of errors most of all.
const minimizer = new TerserPlugin({ terserOptions: { keep_classnames: true } });

const output = (extra) => ({
    path: path.join(__dirname, 'dist'),
    filename: '[name].js',
    ...extra,
});

/**
 * dockerode brings a gRPC client (for BuildKit's session protocol) and an SSH client with native
 * parts. Neither is used, so neither is carried: hosts behind SSH are reached by the system's ssh.
 */
const slimDockerode = {
    plugins: [new IgnorePlugin({ resourceRegExp: /\.node$|^cpu-features$/ })],
    alias: { '@grpc/grpc-js': false, '@grpc/proto-loader': false, ssh2: false },
};

// The host and the language features both need the core, which is most of what is shipped.
const coreOnce = {
    chunks: 'async',
    cacheGroups: {
        default: false,
        defaultVendors: false,
        core: { test: /[\\/](?:pkg|host[\\/]core)[\\/.]/, name: 'shared', enforce: true },
    },
};

const configurations = [
    bundle('extension', 'extension/editor/extension.ts', 'node20', {
        // What is loaded later is named after its bundle: .vscodeignore ships files by name.
        output: output({ library: { type: 'commonjs2' }, chunkFilename: 'extension.[name].js' }),
        externals: { vscode: 'commonjs vscode' },
        plugins: slimDockerode.plugins,
        optimization: { minimizer: [minimizer], splitChunks: coreOnce },
    }),
    bundle('livepush', 'extension/host/index.ts', 'node20', {
        output: output({ library: { type: 'commonjs2' } }),
        plugins: slimDockerode.plugins,
    }),
    bundle('panel', 'extension/panel/main.ts', 'web', { output: output() }),
];

for (const configuration of configurations) {
    if (configuration.name !== 'panel') configuration.resolve.alias = slimDockerode.alias;
}

module.exports = configurations.filter(({ entry }) =>
    Object.values(entry).every((file) => existsSync(path.join(__dirname, file))),
);

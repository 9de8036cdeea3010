/** The everyday projects of a README: a web server, a bundler, a compiled program, a worker. */
import { file, put, remove, rename, touch, write } from '../harness/context.js';
import { push, pushWith, scenariosOf } from '../harness/scenario.js';

const { all, scenario } = scenariosOf('readme');
export const readme = all;

/** Stands for `npm install`: what it makes depends on package.json alone, and needs no network. */
const INSTALL =
    'RUN mkdir -p node_modules && for d in $(sed -n \'s/.*"dep-\\(.*\\)": .*/\\1/p\' package.json); ' +
    'do mkdir node_modules/$d && echo "module $d" > node_modules/$d/index.js; done';

const NODE_APP = {
    'package.json': '{\n  "dependencies": {\n    "dep-express": "4"\n  }\n}\n',
    'src/server.js': 'listen(80)\n',
    'src/routes/index.js': 'get("/")\n',
};

const WITHOUT_DIRECTIVE = [
    'FROM livepush-base',
    'WORKDIR /usr/src/app',
    'COPY package.json ./',
    INSTALL,
    'COPY src/ src/',
    'CMD ["sh", "-c", "sleep 1000000"]',
];

const LIVE_LAST = [
    'FROM livepush-base',
    'WORKDIR /usr/src/app',
    'COPY package.json ./',
    INSTALL,
    '#dev-cmd-live=sleep 2147483647',
    'COPY src/ src/',
    'RUN cat src/*.js > bundle.js',
    'CMD ["sh", "-c", "sleep 1000000"]',
];

scenario('a source file below the live command is copied without a restart', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    ownCommand: true,
    steps: [pushWith({ restarts: false, runs: 0 }, write('src/server.js', 'listen(8080)\n'))],
});

scenario('a new dependency runs the install again and restarts', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    ownCommand: true,
    steps: [
        pushWith(
            { restarts: true, runs: 1 },
            write('package.json', '{\n    "dep-express": "4",\n    "dep-left-pad": "1"\n}\n'),
        ),
    ],
});

scenario('a dependency that is dropped is gone from node_modules', {
    files: {
        ...NODE_APP,
        'package.json': '{\n  "dep-express": "4",\n  "dep-left-pad": "1"\n}\n',
    },
    dockerfile: LIVE_LAST,
    steps: [pushWith({ restarts: true }, write('package.json', '{\n  "dep-express": "4"\n}\n'))],
});

scenario('a source file and package.json together restart once', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    steps: [
        pushWith(
            { restarts: true, runs: 1 },
            write('package.json', '{ "x": 1,\n "dep-a": "1" }\n'),
            write('src/server.js', 'listen(81)\n'),
        ),
    ],
});

scenario('without a live command a source file restarts the container', {
    files: NODE_APP,
    dockerfile: WITHOUT_DIRECTIVE,
    steps: [pushWith({ restarts: true, runs: 0 }, write('src/server.js', 'listen(8081)\n'))],
});

scenario('without a live command package.json runs the install again', {
    files: NODE_APP,
    dockerfile: WITHOUT_DIRECTIVE,
    steps: [pushWith({ restarts: true, runs: 1 }, write('package.json', '{\n"dep-koa": "2"\n}\n'))],
});

scenario('a file saved again as it was is no change', {
    files: NODE_APP,
    dockerfile: WITHOUT_DIRECTIVE,
    steps: [pushWith({ noChange: true, runs: 0 }, touch('src/server.js'), touch('package.json'))],
});

scenario('a new source file appears', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    steps: [pushWith({ restarts: false }, write('src/routes/users.js', 'get("/users")\n'))],
});

scenario('a source file in a new directory appears', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    steps: [pushWith({ restarts: false }, write('src/models/user/index.js', 'class User {}\n'))],
});

scenario('a deleted source file disappears', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    steps: [pushWith({ restarts: false }, remove('src/server.js'))],
});

scenario('a renamed source file moves', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    steps: [pushWith({ restarts: false }, rename('src/server.js', 'src/main.js'))],
});

scenario('a file that no step copies is no change', {
    files: { ...NODE_APP, 'README.md': '# Shop\n' },
    dockerfile: LIVE_LAST,
    steps: [
        pushWith({ noChange: true, restarts: false, runs: 0 }, write('README.md', '# Shop 2\n')),
    ],
});

scenario('absolute paths under the context are accepted', {
    files: NODE_APP,
    dockerfile: LIVE_LAST,
    steps: [pushWith({ absolute: true }, write('src/server.js', 'listen(1)\n'))],
});

const TWO_STAGES = [
    'FROM livepush-base AS build',
    'WORKDIR /build',
    'COPY package.json ./',
    INSTALL,
    'COPY src src',
    'RUN mkdir dist && cat src/*.js src/*/*.js > dist/app.js',
    'FROM livepush-base',
    'WORKDIR /srv',
    'COPY --from=build /build/dist ./dist',
    'COPY public public',
    '#dev-cmd-live=sleep 2147483647',
    'CMD ["httpd", "-f"]',
];

const BUNDLED = { ...NODE_APP, 'public/index.html': '<h1>Shop</h1>\n' };

scenario('a source file is bundled again in the build stage', {
    files: BUNDLED,
    dockerfile: TWO_STAGES,
    ownCommand: true,
    steps: [pushWith({ restarts: true }, write('src/routes/index.js', 'get("/v2")\n'))],
});

scenario('a page of the last stage does not touch the build stage', {
    files: BUNDLED,
    dockerfile: TWO_STAGES,
    steps: [pushWith({ restarts: true, runs: 0 }, write('public/index.html', '<h1>Shop!</h1>\n'))],
});

scenario('several pages at once', {
    files: BUNDLED,
    dockerfile: TWO_STAGES,
    steps: [
        push(
            write('public/index.html', '<h1>One</h1>\n'),
            write('public/about.html', '<h1>Two</h1>\n'),
            write('public/css/site.css', 'h1 { color: red }\n'),
        ),
    ],
});

scenario('a static site on a plain server', {
    files: { 'site/index.html': 'hello\n', 'site/img/logo.svg': '<svg/>\n', 'nginx.conf': 'a;\n' },
    dockerfile: [
        'FROM livepush-base',
        'COPY nginx.conf /etc/nginx/nginx.conf',
        '#dev-cmd-live=httpd -f -h /usr/share/nginx/html',
        'COPY site /usr/share/nginx/html',
        'CMD ["httpd", "-f", "-h", "/usr/share/nginx/html"]',
    ],
    ownCommand: true,
    steps: [
        pushWith({ restarts: false }, write('site/index.html', 'hello, world\n')),
        pushWith({ restarts: true }, write('nginx.conf', 'b;\n')),
    ],
});

scenario('a program that is compiled into an empty image', {
    files: { 'go.mod': 'module x\n', 'main.go': 'package main\n', 'lib/lib.go': 'package lib\n' },
    dockerfile: [
        'FROM livepush-base AS build',
        'WORKDIR /src',
        'COPY go.mod .',
        'RUN sha256sum go.mod > /deps',
        'COPY . .',
        'RUN cat go.mod main.go lib/lib.go > /program && chmod 755 /program',
        'FROM scratch',
        'COPY --from=livepush-base /bin/busybox /bin/busybox',
        'COPY --from=build /program /program',
        'CMD ["/program"]',
    ],
    steps: [
        pushWith({ restarts: true }, write('lib/lib.go', 'package lib // more\n')),
        pushWith({ restarts: true }, write('go.mod', 'module y\n')),
    ],
});

scenario('a script gets its executable bit together with its text', {
    files: { 'entry.sh': file('#!/bin/sh\nexec "$@"\n', 0o755), 'app/a.py': 'print(1)\n' },
    dockerfile: [
        'FROM livepush-base',
        'WORKDIR /app',
        'COPY entry.sh /usr/local/bin/',
        'COPY app .',
        'ENTRYPOINT ["entry.sh"]',
        'CMD ["sleep", "2147483647"]',
    ],
    ownCommand: true,
    steps: [
        push(write('app/a.py', 'print(2)\n')),
        push(put('app/run', file('#!/bin/sh\n', 0o755))),
    ],
});

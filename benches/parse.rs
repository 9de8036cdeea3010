//! A Dockerfile of 2,000 lines: read, turned into its live form, modelled, and looked at for findings.

use criterion::{Criterion, criterion_group, criterion_main};
use livepush_core::diagnostic::{AnalyzeOptions, analyze};
use livepush_core::dockerfile::parse;
use livepush_core::live::generate;
use livepush_core::stage::{Options, Places, build};
use std::collections::BTreeMap;
use std::hint::black_box;

/// Twenty lines of the kinds that files are made of.
const STAGE: &str = "\
# What the stage is for
FROM node:20 AS stage
ARG VERSION=1.2.3
ENV APP=/app PORT=\"80 80\" \\
    PATH=/app/bin:$PATH
WORKDIR $APP
COPY --chown=1000:1000 package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    # the cache stays
    npm ci && \\
    npm cache verify
COPY [\"src\", \"./src/\"]
RUN <<EOF
set -e
npm run build -- --version=${VERSION:-none}
EOF
#dev-env=NODE_ENV=development
HEALTHCHECK --interval=30s CMD curl -f http://localhost:$PORT/ || exit 1
LABEL org.example.version=\"${VERSION}\" org.example.name='x'
USER node
";

fn text() -> String {
    STAGE.repeat(100) + "#dev-cmd-live=npm run watch\nCOPY . .\n"
}

fn reading(criterion: &mut Criterion) {
    let text = text();
    assert_eq!(parse(&text).errors, []);
    let mut group = criterion.benchmark_group("a Dockerfile of 2,000 lines");
    group.bench_function("read", |bencher| bencher.iter(|| parse(black_box(&text))));
    group.bench_function("made live", |bencher| bencher.iter(|| generate(black_box(&text))));
    group.bench_function("read and modelled", |bencher| {
        let (places, options) = (Places::default(), Options::default());
        bencher.iter(|| build(&parse(black_box(&text)), &places, &options, &BTreeMap::new()));
    });
    group.bench_function("looked at for findings", |bencher| {
        let options = AnalyzeOptions::default();
        bencher.iter(|| analyze(black_box(&text), &options));
    });
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);

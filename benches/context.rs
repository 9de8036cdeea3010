//! A build context of 100,000 paths: which are ignored, which steps they concern, what a step
//! takes of it.

use criterion::{Criterion, criterion_group, criterion_main};
use livepush_core::copy::{AffectedSteps, CopyStep, StepPaths, select};
use livepush_core::pattern::Ignore;
use livepush_core::tree::{Digest, Entry, Tree};
use std::hint::black_box;

const PATHS: usize = 100_000;

/// The kinds of lines that ignore files are made of, until there are fifty.
const IGNORE: &str = include_str!("fifty.dockerignore");

fn paths() -> Vec<String> {
    (0..PATHS)
        .map(|at| {
            let file = ["index.ts", "style.css", "view.test.js", "data.json"][at % 4];
            format!("packages/p{}/src/d{}/e{}/f{at}.{file}", at / 5000, at / 500 % 10, at / 50 % 10)
        })
        .collect()
}

fn step(sources: &[&str]) -> CopyStep {
    CopyStep {
        sources: sources.iter().map(ToString::to_string).collect(),
        dest: "/app/".into(),
        cwd: "/".into(),
        ..CopyStep::default()
    }
}

fn ignoring(criterion: &mut Criterion) {
    let ignore = Ignore::parse(IGNORE).expect("they are patterns");
    assert_eq!(IGNORE.lines().count(), 50);
    let paths = paths();
    criterion.bench_function("ignore 100,000 paths by 50 patterns", |bencher| {
        bencher.iter(|| {
            let mut walker = ignore.walker();
            paths.iter().filter(|path| walker.is_ignored(black_box(path))).count()
        });
    });
}

fn concerning(criterion: &mut Criterion) {
    let paths = paths();
    let mut steps = vec![step(&["package.json", "package-lock.json"]), step(&["*.config.js"])];
    steps
        .extend((0..20).map(|at| step(&[&format!("packages/q{at}"), &format!("lib/*/x{at}*.ts")])));
    let tree = Tree::new();
    let concerns = AffectedSteps::new(steps.iter().map(|step| StepPaths::new(step, &tree)));
    criterion.bench_function("100,000 paths that concern none of 22 steps", |bencher| {
        bencher.iter(|| {
            let mut walker = concerns.walker();
            paths.iter().filter(|path| walker.any(black_box(path))).count()
        });
    });
    let all =
        AffectedSteps::new((0..22).map(|_| StepPaths::new(&step(&["packages/p*/src"]), &tree)));
    criterion.bench_function("100,000 paths that concern all of 22 steps", |bencher| {
        bencher.iter(|| {
            let mut walker = all.walker();
            paths.iter().map(|path| walker.of(black_box(path)).len()).sum::<usize>()
        });
    });
}

fn selecting(criterion: &mut Criterion) {
    let mut tree = Tree::new();
    for (at, path) in paths().iter().enumerate() {
        tree.insert(path, Entry::file(0o644, 100, Digest(at as u128)));
    }
    let whole = step(&["."]);
    let ignore = Ignore::parse(IGNORE).expect("they are patterns");
    criterion.bench_function("select a context of 100,000 paths", |bencher| {
        bencher.iter(|| select(black_box(&whole), &tree, None).expect("it is there").digest());
    });
    criterion.bench_function("select a context of 100,000 paths, ignoring", |bencher| {
        bencher.iter(|| {
            select(black_box(&whole), &tree, Some(&ignore)).expect("it is there").digest()
        });
    });
}

criterion_group!(benches, ignoring, concerning, selecting);
criterion_main!(benches);

//! Builds every case of patterns, ignore files and copies with the real Docker, and compares.
//!
//! `LIVEPUSH_RECORD=1` writes down what Docker made of the copies, for the tests without it.

#[path = "builder.rs"]
mod builder;
#[path = "docker.rs"]
mod docker;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use builder::{build, complain, word};
use docker::{Build, Image, for_all};
use livepush_core::pattern::{Ignore, go_match, has_wildcard};
use support::copying::{CopyCase, Outcome};
use support::spec::{Nodes, Spec, SpecEntry, nodes};
use support::{IgnoreCase, PatternCase};

/// A context of one file.
fn only(path: &str) -> Nodes {
    nodes(&Spec::from([(path.to_owned(), SpecEntry::Short("x".into()))]))
}

#[test]
fn patterns_match_as_docker_copies() {
    let all: Vec<PatternCase> = support::load("patterns.json");
    // Names in a stage are matched by Go alone; a context is first asked for in ignore patterns.
    let names = all
        .iter()
        .enumerate()
        .map(|(at, case)| (format!("{at}/{}", wild(case).1), SpecEntry::Short("x".into())));
    let image = Image::new(&nodes(&names.collect::<Spec>()));
    let numbered: Vec<(usize, &PatternCase)> = all.iter().enumerate().collect();
    let (good, bad): (Vec<_>, Vec<_>) =
        numbered.iter().partition(|(_, case)| case.matches.is_some());
    let copy = |(at, case): &(usize, &PatternCase)| {
        let source = word(&format!("{at}/{}", wild(case).0));
        format!("COPY --from={} [{source}, \"/{at}/\"]\n", image.name)
    };
    // A stage can have some hundred layers, not more.
    let chunks: Vec<Vec<(usize, &PatternCase)>> = good.chunks(60).map(<[_]>::to_vec).collect();
    let copied = for_all(&chunks, |chunk| {
        let steps: String = chunk.iter().map(copy).collect();
        Build::new(&Nodes::new()).run(&format!("FROM scratch\n{steps}"), "").expect("it builds")
    });
    let copied: Nodes = copied.into_iter().flatten().collect();
    let mut wrong: Vec<Option<String>> = Vec::new();
    for (at, case) in good {
        // A directory that matches is copied whole, so any part of the name may be the match.
        let (pattern, name) = wild(case);
        let ends = name.match_indices('/').map(|(end, _)| end).chain([name.len()]);
        let ours = ends.into_iter().any(|end| go_match(&pattern, &name[..end]) == Ok(true));
        let docker = copied.contains_key(&at.to_string());
        wrong.push((docker != ours).then(|| format!("{case:?}: {docker}, not {ours}")));
    }
    wrong.extend(for_all(&bad, |(at, case)| {
        let dockerfile = format!("FROM scratch\n{}", copy(&(*at, *case)));
        let built = Build::new(&Nodes::new()).run(&dockerfile, "");
        let refused = built.as_ref().is_err_and(|text| text.contains("syntax error in pattern"));
        (!refused).then(|| format!("{case:?}: {built:?}"))
    }));
    complain(wrong);
}

/// The pattern and name, with a wildcard before where there is none: a path without is looked up.
fn wild(case: &PatternCase) -> (String, String) {
    let PatternCase { pattern, name, .. } = case;
    if has_wildcard(pattern) {
        (pattern.clone(), name.clone())
    } else {
        (format!("?{pattern}"), format!("z{name}"))
    }
}

#[test]
fn paths_are_ignored_as_docker_sends_them() {
    let cases: Vec<IgnoreCase> = support::load("ignore.json");
    complain(for_all(&cases, |case| {
        let built = Build::new(&only(&case.path)).run("FROM scratch\nCOPY . /\n", &case.file);
        let docker = built.ok().map(|files| !files.contains_key(&case.path));
        let ours = Ignore::parse(&case.file).ok().map(|ignore| ignore.is_ignored(&case.path));
        (docker != ours || docker != case.ignored)
            .then(|| format!("{case:?}: {docker:?}, not {ours:?}"))
    }));
}

#[test]
fn steps_make_what_docker_makes() {
    let cases: Vec<CopyCase> = support::load("copy.json");
    let outcomes = for_all(&cases, build);
    if std::env::var_os("LIVEPUSH_RECORD").is_some() {
        let recorded: BTreeMap<_, _> = cases.iter().map(|case| &case.name).zip(&outcomes).collect();
        let text = serde_json::to_string_pretty(&recorded).expect("text");
        std::fs::write(support::path("copy.recorded.json"), text + "\n").expect("it is written");
    }
    complain(
        cases
            .iter()
            .zip(outcomes)
            .map(|(case, docker)| {
                let ours = case.answer();
                let right = match (&ours, &docker) {
                    (Outcome::Error(ours), Outcome::Error(docker)) => {
                        docker.contains(ours.as_str())
                    }
                    (ours, docker) => ours == docker,
                };
                (!right).then(|| format!("{}:\n  ours   {ours:?}\n  docker {docker:?}", case.name))
            })
            .collect(),
    );
}

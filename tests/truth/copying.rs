//! Builds every case of patterns, ignore files and copies with the real Docker, and compares.
//!
//! `LIVEPUSH_RECORD=1` writes down what Docker made of the copies, for the tests without it.

#[path = "docker.rs"]
mod docker;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use docker::{Build, Image, for_all};
use livepush_core::pattern::{Ignore, go_match, has_wildcard};
use support::copying::{CopyCase, Outcome};
use support::spec::{Nodes, Spec, SpecEntry, listing, nodes};
use support::{IgnoreCase, PatternCase};

/// A context of one file.
fn only(path: &str) -> Nodes {
    nodes(&Spec::from([(path.to_owned(), SpecEntry::Short("x".into()))]))
}

/// A word that expands to this text.
fn word(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('$', "\\$");
    serde_json::to_string(&text).expect("text")
}

fn complain(wrong: Vec<Option<String>>) {
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} differ from Docker:\n{}", wrong.len(), wrong.join("\n"));
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

/// What Docker makes of a case.
fn build(case: &CopyCase) -> Outcome {
    let image = |files: &Nodes| (!files.is_empty()).then(|| Image::new(files));
    let base = image(&case.base());
    let stage = case.stage.as_ref().and_then(|stage| image(&nodes(stage)));
    let name = base.as_ref().map_or("scratch", |image| image.name.as_str());
    let cwd = Some(case.cwd.as_str()).filter(|cwd| !cwd.is_empty());
    let user = case.workdir_as.as_deref().filter(|user| !user.is_empty());
    let lines = [
        Some(format!("FROM {name}")),
        cwd.map(|cwd| format!("WORKDIR {cwd}")),
        user.map(|user| format!("USER {user}")),
        Some(match case.workdir_as {
            Some(_) => format!("WORKDIR {}", case.dest),
            None => instruction(case, stage.as_ref()),
        }),
    ];
    let dockerfile: Vec<String> = lines.into_iter().flatten().collect();
    let dockerfile = dockerfile.join("\n") + "\n";
    match Build::new(&nodes(&case.context)).run(&dockerfile, &case.ignore) {
        Ok(files) => Outcome::Made(listing(&files)),
        Err(message) => Outcome::Error(message),
    }
}

fn instruction(case: &CopyCase, stage: Option<&Image>) -> String {
    let flags = [
        stage.map(|stage| format!("--from={}", stage.name)),
        case.chown.as_ref().map(|value| format!("--chown={value}")),
        case.chmod.as_ref().map(|value| format!("--chmod={value}")),
        case.link.then(|| "--link".into()),
    ];
    let mut words = vec![String::from(if case.add { "ADD" } else { "COPY" })];
    words.extend(flags.into_iter().flatten());
    if case.heredocs.is_empty() {
        let paths: Vec<_> =
            case.sources.iter().chain([&case.dest]).map(|text| word(text)).collect();
        words.push(format!("[{}]", paths.join(", ")));
        return words.join(" ");
    }
    words.extend(case.sources.iter().cloned());
    words.extend(case.heredocs.iter().map(|(name, _)| format!("<<{name}")));
    words.push(case.dest.clone());
    let bodies = case.heredocs.iter().map(|(name, contents)| format!("\n{contents}{name}"));
    words.join(" ") + &bodies.collect::<String>()
}

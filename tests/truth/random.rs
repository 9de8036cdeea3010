//! Contexts, ignore files and copies that nobody thought of, against the real Docker.
//!
//! The same in every run; `LIVEPUSH_CASES=300` tries more.

#[path = "builder.rs"]
mod builder;
#[path = "docker.rs"]
mod docker;
#[path = "../support/mod.rs"]
mod support;

use builder::{build, complain};
use docker::for_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use support::copying::{CopyCase, Outcome};
use support::spec::{Spec, SpecEntry, nodes};

fn paths() -> impl Strategy<Value = String> {
    "[ab](-a|b)?(/[ab](-a|b)?){0,2}"
}

fn entries() -> impl Strategy<Value = (bool, SpecEntry)> {
    let mode = prop::sample::select(vec!["0600", "0644", "0755", "4711", "1777"]);
    let owner = prop::sample::select(vec!["0:0", "5:6"]);
    let target = prop_oneof![
        paths(),
        paths().prop_map(|path| format!("/{path}")),
        paths().prop_map(|path| format!("../{path}"))
    ];
    let long = |directory| {
        move |(mode, owner, content): (&str, &str, String)| {
            let (mode, owner) = (Some(mode.to_owned()), Some(owner.to_owned()));
            (directory, SpecEntry::Long { mode, owner, content })
        }
    };
    prop_oneof![
        4 => (mode.clone(), owner.clone(), "[xyz]{1,3}").prop_map(long(false)),
        1 => (mode, owner, Just(String::new())).prop_map(long(true)),
        1 => target.prop_map(|target| (false, SpecEntry::Short(format!("-> {target}")))),
    ]
}

/// A tree in which nothing lies below a file or a link.
fn trees() -> impl Strategy<Value = Spec> {
    prop::collection::vec((paths(), entries()), 1..8).prop_map(|all| {
        let mut spec = Spec::new();
        for (path, (directory, entry)) in all {
            let within = |path: &str, other: &str| path.starts_with(&format!("{other}/"));
            let taken = spec
                .keys()
                .map(|key: &String| key.trim_end_matches('/'))
                .any(|other| other == path || within(other, &path) || within(&path, other));
            if !taken {
                spec.insert(if directory { path + "/" } else { path }, entry);
            }
        }
        spec
    })
}

fn ignores() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        paths(),
        "!?[ab*](/[ab*]){0,2}",
        "!?\\*\\*/[ab]\\*?",
        "!?[ab]/\\*\\*",
        "!?[ab]\\*\\*[ab]?"
    ];
    prop::collection::vec(line, 0..4).prop_map(|lines| lines.join("\n"))
}

fn cases() -> impl Strategy<Value = CopyCase> {
    let source = prop_oneof![3 => paths(), 2 => "[ab*](/[ab*?]){0,2}", 1 => "[ab]\\*", 1 => Just(".".to_owned())];
    let dest = prop_oneof![
        "/[ab](/[ab]){0,2}/?",
        "[ab]/?",
        Just("/".to_owned()),
        Just("../a/".to_owned())
    ];
    let chown = prop::option::weighted(0.3, prop::sample::select(vec!["7", "7:8", ":9", "7:"]));
    let chmod = prop::option::weighted(0.3, prop::sample::select(vec!["640", "0755", "u+x"]));
    let sources = prop::collection::vec(source, 1..4);
    (trees(), prop::bool::weighted(0.3), ignores(), trees(), sources, dest, chown, chmod).prop_map(
        |(source, from_stage, ignore, base, sources, dest, chown, chmod)| {
            let (context, stage) =
                if from_stage { (Spec::new(), Some(source)) } else { (source, None) };
            CopyCase {
                name: format!("{sources:?} to {dest}"),
                context,
                stage,
                ignore,
                base,
                cwd: String::new(),
                sources,
                heredocs: Vec::new(),
                dest,
                chown: chown.map(str::to_owned),
                chmod: chmod.map(str::to_owned),
                add: false,
                link: false,
                known: true,
                workdir_as: None,
            }
        },
    )
}

#[test]
fn steps_that_nobody_thought_of_make_what_docker_makes() {
    let count =
        std::env::var("LIVEPUSH_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let mut runner = TestRunner::deterministic();
    let strategy = cases();
    let all: Vec<CopyCase> =
        (0..count).map(|_| strategy.new_tree(&mut runner).expect("a case").current()).collect();
    complain(for_all(&all, |case| {
        let (ours, docker) = (case.answer(), build(case));
        let says = |text: &str| matches!(&docker, Outcome::Error(error) if error.contains(text));
        // BuildKit does not send a directory in which it sees no match, nor where a link below a
        // match leads, unless another step needs it; and a link into itself it may not survive.
        let own = says("no such file or directory") || says("too many links");
        // Of several faults, it names any.
        let both_fail = matches!((&ours, &docker), (Outcome::Error(_), Outcome::Error(_)));
        (!ours.agrees(&docker) && !both_fail && !own).then(|| {
            let source = nodes(case.stage.as_ref().unwrap_or(&case.context));
            format!("{case:?}\n  source {source:?}\n  ours   {ours:?}\n  docker {docker:?}\n")
        })
    }));
}

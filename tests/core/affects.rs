//! Which changed paths can matter to a step.

use livepush_core::copy::{AffectedSteps, CopyStep, StepPaths, select};
use livepush_core::tree::{Digest, Entry, Tree};
use proptest::prelude::*;

fn paths() -> impl Strategy<Value = String> {
    "[ab](-|[ab])?(/[ab](-|[ab])?){0,3}"
}

fn entries() -> impl Strategy<Value = Entry> {
    prop_oneof![
        4 => (0..3u128).prop_map(|digest| Entry::file(0o644, 1, Digest(digest))),
        1 => Just(Entry::directory(0o711)),
        1 => paths().prop_map(Entry::symlink),
        1 => paths().prop_map(|path| Entry::symlink(format!("/{path}"))),
    ]
}

fn trees() -> impl Strategy<Value = Tree> {
    prop::collection::vec((paths(), entries()), 0..12).prop_map(|all| {
        let mut tree = Tree::new();
        for (path, entry) in all {
            tree.insert(&path, entry);
        }
        tree
    })
}

fn steps() -> impl Strategy<Value = CopyStep> {
    let source = prop_oneof![
        paths(),
        "[ab*?](/[ab*?]){0,2}",
        "[ab](/\\[\\^a\\][ab*]){1,2}",
        Just(".".into())
    ];
    (prop::collection::vec(source, 1..3), prop::bool::weighted(0.2)).prop_map(
        |(sources, parents)| CopyStep {
            sources,
            parents,
            dest: "/e/".into(),
            cwd: "/".into(),
            ..CopyStep::default()
        },
    )
}

/// What a step takes, or why it takes nothing.
fn taken(step: &CopyStep, tree: &Tree) -> Result<u128, String> {
    select(step, tree, None).map(|taken| taken.digest()).map_err(|error| error.to_string())
}

fn step_paths(source: &str, tree: &Tree) -> StepPaths {
    let step = CopyStep { sources: vec![source.into()], dest: "/e/".into(), ..CopyStep::default() };
    StepPaths::new(&step, tree)
}

#[test]
fn what_makes_the_missing_directory_of_a_wildcard_matters() {
    assert!(step_paths("a/?", &Tree::new()).affected_by("a/long"));
}

#[test]
fn what_is_below_a_file_that_is_in_the_way_matters() {
    let mut tree = Tree::new();
    tree.insert("link", Entry::symlink("/b/missing"));
    tree.insert("b", Entry::file(0o644, 1, Digest(0)));
    assert!(step_paths("link", &tree).affected_by("b/other"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_change_that_matters_is_noticed(
        tree in trees(),
        step in steps(),
        path in paths(),
        entry in prop::option::of(entries()),
    ) {
        let mut after = tree.clone();
        match entry {
            Some(entry) => after.insert(&path, entry),
            None => after.remove(&path),
        };
        if taken(&step, &tree) != taken(&step, &after) {
            let before = StepPaths::new(&step, &tree).affected_by(&path);
            let now = StepPaths::new(&step, &after).affected_by(&path);
            prop_assert!(before || now, "{path} in {step:?}");
        }
    }

    #[test]
    fn the_concerns_of_many_are_those_of_each(
        tree in trees(),
        steps in prop::collection::vec(steps(), 1..5),
        paths in prop::collection::vec(paths(), 1..20),
    ) {
        let each: Vec<_> = steps.iter().map(|step| StepPaths::new(step, &tree)).collect();
        let all = AffectedSteps::new(each.clone());
        let mut walker = all.walker();
        for path in &paths {
            let expected: Vec<usize> = (0..each.len()).filter(|&at| each[at].affected_by(path)).collect();
            prop_assert_eq!(walker.any(path), !expected.is_empty(), "{}", path);
            prop_assert_eq!(walker.of(path), expected, "{}", path);
        }
    }
}

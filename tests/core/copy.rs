//! COPY, ADD and WORKDIR, case by case.

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use livepush_core::copy::{
    CopyError, CopyStep, Destination, Dialect, Layout, LayoutStop, Lookup, Names, Need, Stat,
    lay_out, lay_out_workdir, select,
};
use livepush_core::tree::{Digest, Entry, Tree};
use support::copying::{CopyCase, Outcome};

#[test]
fn steps_make_what_was_recorded_from_docker() {
    let text = std::fs::read_to_string(support::path("copy.recorded.json")).expect("recorded");
    let recorded: BTreeMap<String, Outcome> = serde_json::from_str(&text).expect("as recorded");
    let mut wrong = Vec::new();
    for case in support::load::<CopyCase>("copy.json") {
        let answer = case.answer();
        let docker = &recorded[&case.name];
        if !answer.agrees(docker) {
            wrong.push(format!("{}:\n  ours   {answer:?}\n  docker {docker:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A container of which nothing or everything is known, and which is empty.
struct Empty {
    known: bool,
}

impl Destination for Empty {
    fn stat(&self, _path: &str) -> Lookup<Option<Stat>> {
        if self.known { Lookup::Known(None) } else { Lookup::Unknown }
    }

    fn names(&self) -> Lookup<Names> {
        if self.known { Lookup::Known(Names::default()) } else { Lookup::Unknown }
    }
}

const EMPTY: Empty = Empty { known: true };

fn tree(paths: &[&str]) -> Tree {
    let mut tree = Tree::new();
    for path in paths {
        tree.insert(path, Entry::file(0o644, 1, Digest(7)));
    }
    tree
}

fn step(sources: &[&str], dest: &str) -> CopyStep {
    CopyStep {
        sources: sources.iter().map(ToString::to_string).collect(),
        dest: dest.into(),
        cwd: "/".into(),
        ..CopyStep::default()
    }
}

fn layout(step: &CopyStep, tree: &Tree) -> Layout {
    let selection = select(step, tree, None).expect("the sources are there");
    lay_out(step, &selection, tree, &EMPTY).expect("the container is empty")
}

fn paths(layout: &Layout) -> Vec<&str> {
    layout.entries.keys().map(String::as_str).collect()
}

#[test]
fn all_that_can_be_asked_at_once_is_asked_at_once() {
    let tree = tree(&["f"]);
    let step = CopyStep { chown: Some("www".into()), ..step(&["f"], "/a/b/c") };
    let selection = select(&step, &tree, None).expect("it is there");
    let stop = lay_out(&step, &selection, &tree, &Empty { known: false });
    let stat = |path: &str| Need::Stat(path.into());
    let needs = vec![stat("/a"), stat("/a/b"), stat("/a/b/c"), Need::Names];
    assert_eq!(stop, Err(LayoutStop::Needs(needs)));
    let stop = lay_out_workdir("/a/b", "", &Empty { known: false });
    assert_eq!(stop, Err(LayoutStop::Needs(vec![stat("/a"), stat("/a/b")])));
}

#[test]
fn parents_keeps_the_path_of_a_source() {
    let mut tree = tree(&["a/b/f", "a/b/g", "a/c/f", "x"]);
    tree.insert("a/b", Entry::directory(0o711));
    let keep = |sources: &[&str]| CopyStep { parents: true, ..step(sources, "/e/") };
    let made = layout(&keep(&["a/b/f", "x"]), &tree);
    assert_eq!(paths(&made), ["/e", "/e/a", "/e/a/b", "/e/a/b/f", "/e/x"]);
    assert_eq!(made.entries["/e/a/b"].mode, 0o711);
    assert_eq!(paths(&layout(&keep(&["a/./b/f"]), &tree)), ["/e", "/e/b", "/e/b/f"]);
    let made = layout(&keep(&["**/f"]), &tree);
    assert_eq!(paths(&made), ["/e", "/e/a", "/e/a/b", "/e/a/b/f", "/e/a/c", "/e/a/c/f"]);
    let missing = select(&keep(&["a/./nope"]), &tree, None);
    assert_eq!(missing, Err(CopyError::NotFound { source_path: "/a/nope".into() }));
}

#[test]
fn exclude_leaves_out_of_a_directory_and_not_of_files() {
    let tree = tree(&["d/a.log", "d/b", "d/s/c.log", "d/s/keep.log", "d/t/x", "e.log"]);
    let without = |exclude: &[&str], sources: &[&str]| {
        let exclude = exclude.iter().map(ToString::to_string).collect();
        let step = CopyStep { exclude, ..step(sources, "/e/") };
        layout(&step, &tree).entries.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(
        without(&["**/*.log", "!**/keep.log", "t"], &["d"]),
        ["/e", "/e/b", "/e/s", "/e/s/keep.log"]
    );
    assert_eq!(
        without(&["s", "!s/keep.log", "t"], &["d"]),
        ["/e", "/e/a.log", "/e/b", "/e/s", "/e/s/keep.log"]
    );
    assert_eq!(without(&["/s", "*.log"], &["e.log"]), ["/e", "/e/e.log"]);
    assert!(without(&["/s"], &["d"]).contains(&"/e/s/c.log".to_owned()));
}

#[test]
fn todays_builders_change_modes_by_letters() {
    let mut tree = tree(&["d/f"]);
    tree.insert("d/x", Entry::file(0o755, 1, Digest(1)));
    tree.insert("d/s", Entry::directory(0o700));
    let modes = |chmod: &str| {
        let chmod = Some(chmod.into());
        let step = CopyStep { chmod, dialect: Dialect::Current, ..step(&["d"], "/n/e") };
        let made = layout(&step, &tree);
        ["/n", "/n/e/f", "/n/e/x", "/n/e/s"].map(|path| made.entries[path].mode)
    };
    assert_eq!(modes("640"), [0o640, 0o640, 0o640, 0o640]);
    assert_eq!(modes("u+x,g-r"), [0o755, 0o704, 0o715, 0o700]);
    assert_eq!(modes("go+X"), [0o755, 0o644, 0o755, 0o711]);
    assert_eq!(modes("a=r"), [0o755, 0o444, 0o444, 0o444]);
    assert_eq!(modes("g=u,o="), [0o755, 0o660, 0o770, 0o770]);
    assert_eq!(modes("+t,u+s"), [0o755, 0o5644, 0o5755, 0o5700]);
    for chmod in ["999", "17777", "u", "z+x", "u+y", ""] {
        let step =
            CopyStep { chmod: Some(chmod.into()), dialect: Dialect::Current, ..step(&["d"], "/e") };
        let selection = select(&step, &tree, None).expect("it is there");
        let refused = lay_out(&step, &selection, &tree, &EMPTY);
        assert!(matches!(refused, Err(LayoutStop::Error(CopyError::BadMode { .. }))), "{chmod:?}");
    }
}

#[test]
fn what_is_fetched_asks_for_a_rebuild() {
    for source in [
        "https://example.com/x.tar",
        "http://example.com",
        "git://example.com/x",
        "git@example.com:a/b.git",
        "ssh://git@example.com/a",
        "https://example.com/a.git#main",
    ] {
        let add = CopyStep { add: true, ..step(&[source], "/e") };
        let error = select(&add, &Tree::new(), None).expect_err("it is not local");
        assert_eq!(error, CopyError::Remote { source_path: source.into() });
        assert_eq!(error.remedy(), "Rebuild the container.");
        let error =
            select(&step(&[source], "/e"), &Tree::new(), None).expect_err("COPY takes none");
        assert!(matches!(error, CopyError::RemoteInCopy { .. }), "{source}");
    }
}

#[test]
fn files_of_an_add_may_be_archives_but_not_those_in_a_directory() {
    let tree = tree(&["a.tar", "d/b.tar"]);
    let made = layout(&CopyStep { add: true, ..step(&["*.tar", "d"], "/e/") }, &tree);
    let archives: Vec<_> = made
        .archives
        .iter()
        .map(|one| (one.source.as_ref(), one.entry.as_str(), one.directory.as_str()))
        .collect();
    assert_eq!(archives, [("a.tar", "/e/a.tar", "/e")]);
    assert!(layout(&step(&["*.tar"], "/e"), &tree).archives.is_empty());
}

#[test]
fn the_digest_counts_what_is_copied_and_nothing_else() {
    let old = tree(&["d/a", "d/s/b", "other"]);
    let digest = |tree: &Tree| select(&step(&["d"], "/e"), tree, None).expect("there").digest();
    let after = |change: &dyn Fn(&mut Tree)| {
        let mut new = old.clone();
        change(&mut new);
        digest(&new) != digest(&old)
    };
    assert!(!after(&|tree| _ = tree.insert("other", Entry::file(0o600, 2, Digest(2)))));
    assert!(!after(&|tree| _ = tree.insert("d", Entry::directory(0o700))));
    assert!(after(&|tree| _ = tree.insert("d/s", Entry::directory(0o700))));
    assert!(after(&|tree| _ = tree.insert("d/a", Entry::file(0o644, 1, Digest(8)))));
    assert!(after(&|tree| _ = tree.insert("d/a", Entry::file(0o755, 1, Digest(7)))));
    assert!(after(&|tree| _ = tree.insert("d/a", Entry::symlink("x"))));
    assert!(after(&|tree| _ = tree.insert("d/new", Entry::directory(0o755))));
    assert!(after(&|tree| _ = tree.remove("d/s/b")));
}

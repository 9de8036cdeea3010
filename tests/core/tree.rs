//! Trees of paths.

use livepush_core::tree::links::ResolveError;
use livepush_core::tree::{Digest, Entry, Kind, Tree};

fn file() -> Entry {
    Entry::file(0o644, 1, Digest(1))
}

fn paths<'a>(of: impl Iterator<Item = (&'a std::sync::Arc<str>, &'a Entry)>) -> Vec<&'a str> {
    of.map(|(path, _)| path.as_ref()).collect()
}

#[test]
fn parents_come_into_being_with_their_children() {
    let mut tree = Tree::new();
    assert!(tree.insert("a/b/c", file()));
    assert_eq!(paths(tree.iter()), ["a", "a/b", "a/b/c"]);
    assert_eq!(
        tree.get("a/b").map(|entry| (entry.kind, entry.mode)),
        Some((Kind::Directory, 0o755))
    );
}

#[test]
fn inserting_tells_whether_anything_changed() {
    let mut tree = Tree::new();
    assert!(tree.insert("a", file()));
    assert!(!tree.insert("a", file()));
    assert!(tree.insert("a", Entry::file(0o755, 1, Digest(1))));
    assert!(!tree.insert("", Entry::directory(0o755)));
    assert!(tree.insert("", Entry::directory(0o700)));
}

#[test]
fn what_is_below_does_not_include_names_that_only_begin_alike() {
    let mut tree = Tree::new();
    for path in ["a/x", "a/y/z", "a-b", "a.b", "ab", "a0"] {
        tree.insert(path, file());
    }
    assert_eq!(paths(tree.below("a")), ["a/x", "a/y", "a/y/z"]);
    let names = |directory| tree.children(directory).map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("a"), ["x", "y"]);
    assert_eq!(names(""), ["a", "a-b", "a.b", "a0", "ab"]);
    assert_eq!(names("a/y"), ["z"]);
    assert!(names("nope").is_empty());
}

#[test]
fn removing_a_directory_removes_all_below_it() {
    let mut tree = Tree::new();
    for path in ["a/x", "a/y/z", "a-b"] {
        tree.insert(path, file());
    }
    assert!(tree.remove("a"));
    assert!(!tree.remove("a"));
    assert_eq!(paths(tree.iter()), ["a-b"]);
}

#[test]
fn a_directory_that_becomes_a_file_is_empty() {
    let mut tree = Tree::new();
    tree.insert("a/x", file());
    tree.insert("a", file());
    assert_eq!(paths(tree.iter()), ["a"]);
    tree.insert("a/y", file());
    assert_eq!(tree.get("a").map(|entry| entry.kind), Some(Kind::Directory));
}

#[test]
fn links_are_followed_and_never_leave_the_root() {
    let mut tree = Tree::new();
    tree.insert("d/e/f", file());
    for (path, target) in [
        ("plain", "d/e"),
        ("absolute", "/d/e"),
        ("climbing", "../../../d/e"),
        ("d/up", "../plain"),
        ("dangling", "nope/more"),
        ("loop", "pool"),
        ("pool", "loop"),
        ("self", "./self"),
    ] {
        tree.insert(path, Entry::symlink(target));
    }
    for path in ["plain/f", "absolute/f", "climbing/f", "d/up/f", "/d/./e//f/", "x/../d/e/f"] {
        assert_eq!(tree.resolve(path).as_deref(), Ok("d/e/f"), "{path}");
    }
    assert_eq!(tree.resolve("dangling/x").as_deref(), Ok("nope/more/x"));
    assert_eq!(tree.resolve("..").as_deref(), Ok(""));
    for path in ["loop", "self/x"] {
        assert!(matches!(tree.resolve(path), Err(ResolveError::TooManyLinks(_))), "{path}");
    }
    assert!(matches!(tree.resolve("d/e/f/g"), Err(ResolveError::NotADirectory(_))));
}

#[test]
fn a_digest_is_the_first_half_of_a_long_one() {
    let text = format!("{:032x}{}", 0x1234, "f".repeat(32));
    assert_eq!(Digest::from_hex(&text), Some(Digest(0x1234)));
    assert_eq!(Digest::from_hex("12"), None);
    assert_eq!(Digest::from_hex(&"+".repeat(64)), None);
}

//! `.dockerignore`, case by case.

#[path = "../support/mod.rs"]
mod support;

use livepush_core::pattern::Ignore;
use proptest::prelude::*;
use support::IgnoreCase;

#[test]
fn paths_are_ignored_as_recorded_from_docker() {
    for IgnoreCase { file, path, ignored } in support::load("ignore.json") {
        let answer = Ignore::parse(&file).map(|ignore| ignore.is_ignored(&path)).ok();
        assert_eq!(answer, ignored, "{path:?} under {file:?}");
    }
}

#[test]
fn an_error_names_the_line() {
    let error = Ignore::parse("a\n\n# c\n[x\n").expect_err("it is no pattern");
    assert_eq!((error.line, error.pattern.as_str()), (4, "[x"));
    assert_eq!(error.reason.to_string(), "syntax error in pattern");
}

#[test]
fn a_line_is_at_most_64_kib_long() {
    assert!(Ignore::parse(&"a".repeat(65_535)).is_ok());
    assert!(Ignore::parse(&"a".repeat(65_536)).is_err());
}

#[test]
fn line_ends_in_names_are_not_taken_by_double_stars() {
    let ignore = Ignore::parse("a/**/z\nb/*").expect("they are patterns");
    assert!(!ignore.is_ignored("a/x\ny/z"));
    assert!(ignore.is_ignored("b/x\ny"));
}

#[test]
fn an_ignore_file_of_exceptions_ignores_nothing() {
    let ignore = Ignore::parse("!a\n!b").expect("they are patterns");
    assert!(ignore.is_empty());
    assert!(!ignore.is_ignored("a"));
}

fn patterns() -> impl Strategy<Value = String> {
    let component = prop_oneof![
        Just("**".to_owned()),
        Just("*".to_owned()),
        "[ab]{1,2}",
        "[ab]\\*[ab]?",
        "\\*[ab]",
        "\\*\\.[ab]",
        "[ab]?\\.[ab]",
        "[ab]\\?",
        "[ab]\\*\\*[ab]?",
        "\\[[ab^]c\\]",
    ];
    let pattern = (prop::bool::weighted(0.3), prop::collection::vec(component, 1..4))
        .prop_map(|(not, parts)| format!("{}{}", if not { "!" } else { "" }, parts.join("/")));
    prop::collection::vec(pattern, 1..6).prop_map(|all| all.join("\n"))
}

#[test]
fn a_file_that_the_walk_keeps_may_still_come_empty() {
    let ignore = Ignore::parse("**\n!**/*.js\n**/node_modules\n").expect("patterns");
    for (path, withheld) in [
        ("node_modules/a.js", true),
        ("sub/node_modules/a.js", true),
        ("src/a.js", false),
        ("src/a.txt", false),
    ] {
        assert_eq!(ignore.is_withheld(path), withheld, "{path}");
    }
    let ignore = Ignore::parse("**\n!**/keep\n").expect("patterns");
    for path in ["keep/a.txt", "sub/keep/a.txt", "a/b/keep/x", "top.txt"] {
        assert!(!ignore.is_withheld(path), "{path}");
    }
}

proptest! {
    #[test]
    fn the_order_in_which_paths_are_asked_does_not_matter(
        file in patterns(),
        paths in prop::collection::vec("[abc]?[abc.][abc](/[abc.]?[abc]){0,3}", 1..20),
    ) {
        if let Ok(ignore) = Ignore::parse(&file) {
            let mut walker = ignore.walker();
            for path in &paths {
                prop_assert_eq!(walker.is_ignored(path), ignore.is_ignored(path), "{}", path);
            }
        }
    }

    #[test]
    fn without_exceptions_all_below_an_ignored_directory_is_ignored(
        file in patterns(),
        path in "[abc]{1,2}(/[abc]{1,2}){0,2}",
        below in "[abc]{1,2}",
    ) {
        let file = file.replace('!', "");
        if let Ok(ignore) = Ignore::parse(&file)
            && ignore.is_ignored(&path)
        {
            let below = format!("{path}/{below}");
            prop_assert!(ignore.is_ignored(&below));
        }
    }

    #[test]
    fn names_beyond_ascii_are_ignored_like_others(
        file in patterns(),
        path in "[abc]?[abc.][abc](/[abc.]?[abc]){0,3}",
    ) {
        // The one goes through globset or component by component, the other through the automaton.
        if let (Ok(ascii), Ok(other)) = (
            Ignore::parse(&file),
            Ignore::parse(&file.replace('c', "é")),
        ) {
            prop_assert_eq!(ascii.is_ignored(&path), other.is_ignored(&path.replace('c', "é")));
        }
    }

    #[test]
    fn globset_is_asked_for_nothing_that_it_needs_an_automaton_for(file in patterns()) {
        if let Ok(ignore) = Ignore::parse(&file) {
            let inside = format!("{ignore:?}");
            for strategy in ["Prefix", "Suffix", "RequiredExtension", "RegexSet"] {
                prop_assert!(!inside.contains(&format!("{strategy}Strategy")), "{inside}");
            }
        }
    }

    #[test]
    fn no_file_makes_it_panic(file in any::<String>(), path in any::<String>()) {
        if let Ok(ignore) = Ignore::parse(&file) {
            ignore.is_ignored(&path);
        }
    }

    #[test]
    fn no_odd_pattern_makes_it_panic(file in "[\\\\\\[\\]^*?/!:a-d1xwQE{}.\n-]{0,24}", path in "[a-d/\\]\\[*\n]{0,8}") {
        if let Ok(ignore) = Ignore::parse(&file) {
            ignore.is_ignored(&path);
        }
    }
}

//! Go's `filepath.Match`, case by case.

#[path = "../support/mod.rs"]
mod support;

use livepush_core::pattern::{BadPattern, go_match, has_wildcard};
use proptest::prelude::*;
use support::PatternCase;

#[test]
fn patterns_match_as_recorded_from_docker() {
    for PatternCase { pattern, name, matches } in support::load("patterns.json") {
        let answer = go_match(&pattern, &name);
        assert_eq!(answer, matches.ok_or(BadPattern), "{pattern:?} against {name:?}");
    }
}

#[test]
fn names_that_no_context_can_hold_match_as_in_go() {
    for (pattern, name, matches) in [
        ("*", "", true),
        ("?", "", false),
        ("", "", true),
        ("", "a", false),
        ("?", "/", false),
        ("[^a]", "/", true),
        ("a/", "a/", true),
        ("*x", "xxx", true),
    ] {
        assert_eq!(go_match(pattern, name), Ok(matches), "{pattern:?} against {name:?}");
    }
}

#[test]
fn a_bad_end_of_a_pattern_is_found_though_the_name_differs_at_once() {
    assert_eq!(go_match("x*[", "a"), Err(BadPattern));
    assert_eq!(go_match("*[a", ""), Err(BadPattern));
    assert_eq!(go_match("x\\", "a"), Err(BadPattern));
}

#[test]
fn an_escaped_wildcard_is_none() {
    assert!(has_wildcard("a[b"));
    assert!(has_wildcard("\\\\*"));
    assert!(!has_wildcard("\\*\\?\\[]"));
    assert!(!has_wildcard("trailing\\"));
}

proptest! {
    #[test]
    fn every_name_matches_itself_escaped(name in "[a-z*?\\[\\]\\\\é/-]{0,12}") {
        let escaped: String = name.chars().flat_map(|one| ['\\', one]).collect();
        prop_assert_eq!(go_match(&escaped, &name), Ok(true));
    }

    #[test]
    fn a_star_stands_for_any_text_without_a_slash(before in "[a-cé]{0,4}", middle in "[a-c.é]{0,4}", after in "[a-cé]{0,4}") {
        let name = format!("{before}{middle}{after}");
        prop_assert_eq!(go_match(&format!("{before}*{after}"), &name), Ok(true));
        let crossed = format!("{before}/{middle}{after}");
        prop_assert_eq!(go_match(&format!("{before}*{after}"), &crossed), Ok(false));
    }

    #[test]
    fn no_pattern_makes_it_panic(pattern in any::<String>(), name in any::<String>()) {
        let _ = go_match(&pattern, &name);
    }
}

//! Expansion, held against what was recorded from real builds.

#[path = "../support/mod.rs"]
mod support;

use livepush_core::expand::{Budget, Lookup, expand, expand_heredoc, expand_words};
use support::reading::Expansions;

#[test]
fn words_expand_as_recorded_from_docker() {
    let cases: Expansions = support::load_as("expand.json");
    assert!(cases.words.len() > 250, "only {} cases", cases.words.len());
    for (escape, word, docker) in &cases.words {
        assert_eq!(cases.answer(*escape, word), *docker, "{word} with {escape}");
    }
}

fn env() -> &'static [(&'static str, &'static str)] {
    &[("A", "abc"), ("E", ""), ("P", "80 443/tcp"), ("L", "one\ntwo")]
}

#[test]
fn a_heredoc_body_keeps_quotes_and_processes_escapes() {
    for (body, expected) in [
        ("'$A' \"${A}\"\n", "'abc' \"abc\"\n"),
        ("\\$A \\n \\\\\n", "$A n \\\n"),
        ("it's ${U:-un\"set}", "it's un\"set"),
    ] {
        assert_eq!(
            expand_heredoc(&Budget::default(), body, env()).as_deref(),
            Ok(expected),
            "{body:?}"
        );
    }
}

#[test]
fn the_words_of_expose_are_split_after_expansion() {
    assert_eq!(expand("${001:-d}/$007x", env(), '\\').unwrap(), "d/x");
    assert_eq!(expand_words(&Budget::default(), "$P", env(), '\\').unwrap(), ["80", "443/tcp"]);
    assert_eq!(expand_words(&Budget::default(), "\"$P\"", env(), '\\').unwrap(), ["80 443/tcp"]);
    assert_eq!(expand_words(&Budget::default(), "8$A", env(), '\\').unwrap(), ["8abc"]);
    assert_eq!(expand_words(&Budget::default(), "$U", env(), '\\').unwrap(), [""; 0]);
}

#[test]
fn a_star_does_not_cross_a_line_feed() {
    assert_eq!(expand("${L##*}", env(), '\\').unwrap(), "\ntwo");
    assert_eq!(expand("${L/e?t/-}", env(), '\\').unwrap(), "one\ntwo");
}

#[test]
fn an_error_names_the_whole_word() {
    let error = expand("x${A^}y", env(), '\\').unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to process \"x${A^}y\": unsupported modifier (^) in substitution"
    );
}

#[test]
fn nesting_cannot_exhaust_the_stack() {
    let deep = "${U:-".repeat(100_000) + &"}".repeat(100_000);
    assert!(expand(&deep, env(), '\\').unwrap_err().reason.to_string().contains("nested"));
}

#[test]
fn a_pattern_takes_no_exponential_time() {
    let value = "a".repeat(2_000);
    let env: &[(&str, &str)] = &[("V", &value)];
    let pattern = format!("${{V##{}b}}", "*a".repeat(200));
    assert_eq!(expand(&pattern, env, '\\').unwrap(), value);
}

#[test]
fn what_a_variable_holds_is_not_expanded_again() {
    let env: &[(&str, &str)] = &[("V", "$A \"x\" \\y")];
    assert_eq!(expand("$V", env, '\\').unwrap(), "$A \"x\" \\y");
    assert_eq!(Lookup::get(env, "A"), None);
}

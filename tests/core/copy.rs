//! COPY, ADD and WORKDIR, case by case.

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use support::copying::{CopyCase, Outcome};

#[test]
fn steps_make_what_was_recorded_from_docker() {
    let recorded: BTreeMap<String, Outcome> = serde_json::from_str(
        &std::fs::read_to_string(support::path("copy.recorded.json")).expect("recorded"),
    )
    .expect("as the truth test wrote it");
    let mut wrong = Vec::new();
    for case in support::load::<CopyCase>("copy.json") {
        let answer = case.answer();
        if !answer.agrees(&recorded[&case.name]) {
            wrong.push(format!(
                "{}:\n  ours   {answer:?}\n  docker {:?}",
                case.name, recorded[&case.name]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

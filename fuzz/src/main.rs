//! Feeds the core with broken Dockerfiles until something gives: `cargo run --profile fuzz -p fuzz -- [seconds] [seed]`.
//!
//! It needs no instrumented build, so it runs on the pinned toolchain: what it mutates are the cases that were
//! recorded from Docker and the pieces that Dockerfiles are made of. A finding prints its text and ends with 1.

#![allow(clippy::print_stdout, reason = "it is a program for the terminal")]

mod check;
mod random;

use random::Random;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let seconds = arguments.next().and_then(Result::ok).unwrap_or(60);
    let seed = arguments.next().and_then(Result::ok).unwrap_or_else(random::seed);
    println!("{seconds} s with seed {seed}");
    let corpus = corpus();
    let mut random = Random::new(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut count = 0_u64;
    while Instant::now() < end {
        let text = random.text(&corpus);
        count += 1;
        if catch_unwind(AssertUnwindSafe(|| check::all(&text))).is_err() {
            println!("found after {count} texts: {text:?}");
            return ExitCode::FAILURE;
        }
    }
    println!("{count} texts without a finding");
    ExitCode::SUCCESS
}

/// The Dockerfiles and words of the recorded cases.
fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let mut texts = Vec::new();
    for name in ["configs.json", "runs.json", "mistakes.json", "expand.json"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        collect(&serde_json::from_str(&text).unwrap_or_default(), &mut texts);
    }
    texts
}

fn collect(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        serde_json::Value::Object(all) => all.values().for_each(|one| collect(one, texts)),
        _ => {}
    }
}

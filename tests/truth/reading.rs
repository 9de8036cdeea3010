//! Lets the real Docker read every case of expansions, mistakes, configs and commands, and compares.
//!
//! `LIVEPUSH_RECORD=1` writes down what Docker says, for the tests without it.
//!
//! No case may hold nothing but `ARG`s: the whole daemon of Docker 26 ends with a panic on such a file.

#[path = "docker.rs"]
mod docker;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use docker::{Build, for_all};
use livepush_core::tree::Kind;
use serde::Serialize;
use serde_json::Value;
use support::reading::{Configured, Expanded, Expansions, Mistaken, Running};
use support::spec::Nodes;

fn record(name: &str, cases: &impl Serialize) {
    if std::env::var_os("LIVEPUSH_RECORD").is_some() {
        let text = serde_json::to_string_pretty(cases).expect("JSON");
        std::fs::write(support::path(name), text + "\n").expect("the cases");
    }
}

fn complain(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} differ from Docker:\n{}", wrong.len(), wrong.join("\n"));
}

fn config(dockerfile: &str) -> Result<Value, String> {
    Build::new(&Nodes::new()).config(dockerfile)
}

/// A Dockerfile with the variables of the cases set.
fn header(cases: &Expansions, escape: char) -> String {
    let quoted = |value: &str| {
        let escaped = |ch: char| match ch {
            '"' | '$' => format!("{escape}{ch}"),
            _ if ch == escape => format!("{escape}{escape}"),
            _ => ch.to_string(),
        };
        value.chars().map(escaped).collect::<String>()
    };
    let line = |(key, value): (&String, &String)| format!("ENV {key}=\"{}\"\n", quoted(value));
    let env: Vec<String> = cases.env.iter().map(line).collect();
    format!("# escape={escape}\nFROM scratch\n{}", env.concat())
}

/// What follows the word in `failed to process "word": reason`.
fn reason(message: &str) -> String {
    let Some((_, quoted)) = message.split_once("failed to process \"") else {
        return message.to_owned();
    };
    let mut escaped = false;
    let end = quoted.find(|ch| {
        let ends = ch == '"' && !escaped;
        escaped = ch == '\\' && !escaped;
        ends
    });
    end.and_then(|end| quoted[end..].strip_prefix("\": ")).unwrap_or(message).to_owned()
}

#[test]
fn words_expand_as_docker_expands_them() {
    let mut cases: Expansions = support::load_as("expand.json");
    let mut wrong = Vec::new();
    for escape in ['\\', '`'] {
        let header = header(&cases, escape);
        let all: Vec<usize> =
            (0..cases.words.len()).filter(|at| cases.words[*at].0 == escape).collect();
        let (bad, good): (Vec<usize>, Vec<usize>) = all
            .into_iter()
            .partition(|at| cases.answer(escape, &cases.words[*at].1).error.is_some());
        let label = |at: &usize| format!("LABEL w{at} {}\n", cases.words[*at].1);
        let labels: String = good.iter().map(label).collect();
        let together = config(&format!("{header}{labels}")).expect("the good words build");
        let alone = for_all(&bad, |at| config(&format!("{header}{}", label(at))));
        let mut outcomes: BTreeMap<usize, Expanded> = BTreeMap::new();
        for (at, outcome) in bad.iter().zip(alone) {
            let outcome = match outcome {
                Ok(config) => Expanded { value: text(&config, *at), error: None },
                Err(message) => Expanded { value: None, error: Some(reason(&message)) },
            };
            outcomes.insert(*at, outcome);
        }
        for at in good {
            outcomes.insert(at, Expanded { value: text(&together, at), error: None });
        }
        for (at, docker) in outcomes {
            let ours = cases.answer(escape, &cases.words[at].1);
            if ours != docker {
                wrong.push(format!("{}: Docker {docker:?}, we {ours:?}", cases.words[at].1));
            }
            cases.words[at].2 = docker;
        }
    }
    record("expand.json", &cases);
    complain(&wrong);
}

fn text(config: &Value, at: usize) -> Option<String> {
    config["Labels"][format!("w{at}")].as_str().map(str::to_owned)
}

/// Line and words of `ERROR: … parse error on line 2: words`.
fn mistake(message: &str) -> (u32, String) {
    let message = message.split_once("failed to solve: ").map_or(message, |(_, rest)| rest);
    match message.strip_prefix("dockerfile parse error on line ").and_then(|m| m.split_once(": ")) {
        Some((line, words)) => (line.parse().expect("a line"), words.to_owned()),
        None => (0, message.to_owned()),
    }
}

#[test]
fn mistakes_are_told_as_docker_tells_them() {
    let mut cases: Vec<Mistaken> = support::load("mistakes.json");
    let told = for_all(&cases, |case| match Build::new(&Nodes::new()).run(&case.dockerfile, "") {
        Ok(_) => None,
        Err(message) => Some(mistake(&message)),
    });
    let mut wrong = Vec::new();
    for (case, docker) in cases.iter_mut().zip(told) {
        let ours = case.answer();
        if !support::reading::same_mistake(ours.as_ref(), docker.as_ref()) {
            wrong.push(format!("{:?}: Docker {docker:?}, we {ours:?}", case.dockerfile));
        }
        case.error = docker;
    }
    record("mistakes.json", &cases);
    complain(&wrong);
}

#[test]
fn instructions_mean_what_docker_makes_of_them() {
    let mut cases: Vec<Configured> = support::load("configs.json");
    let made = for_all(&cases, |case| config(&case.dockerfile));
    let mut wrong = Vec::new();
    for (case, docker) in cases.iter_mut().zip(made) {
        let ours = case.answer();
        let docker = docker.map(|docker| only_set(&docker, &ours));
        match (&ours, &docker) {
            (Ok(ours), Ok(docker)) if ours == docker => {}
            (Err(ours), Err(docker)) if docker.contains(ours.as_str()) => {}
            _ => wrong.push(format!("{:?}: Docker {docker:?}, we {ours:?}", case.dockerfile)),
        }
        case.config = docker.ok();
    }
    record("configs.json", &cases);
    complain(&wrong);
}

/// The config without what every image has.
fn only_set(config: &Value, ours: &Result<Value, String>) -> Value {
    let mut config = config.clone();
    if let Some(env) = config["Env"].as_array_mut() {
        env.retain(|line| !line.as_str().unwrap_or_default().starts_with("PATH="));
    }
    let test = config["Healthcheck"]["Test"].take();
    let Value::Object(mut map) = config else { return config };
    map.insert("Healthcheck".into(), test);
    let Ok(Value::Object(ours)) = ours else { return Value::Object(map) };
    map.retain(|key, value| ours.contains_key(key) && !value.is_null());
    Value::Object(map)
}

#[test]
fn commands_are_run_as_docker_runs_them() {
    let mut cases: Vec<Running> = support::load("runs.json");
    let made = for_all(&cases, |case| {
        let dockerfile = format!("{}\nFROM scratch\nCOPY --from=0 /out /\n", case.dockerfile);
        Build::new(&Nodes::new()).run(&dockerfile, "").map(|files| {
            let texts = files.into_iter().filter(|(_, node)| node.kind == Kind::File);
            texts.map(|(_, node)| node.text).collect::<Vec<String>>()
        })
    });
    let mut wrong = Vec::new();
    for (case, docker) in cases.iter_mut().zip(made) {
        let ours = case.answer();
        match (&ours, &docker) {
            (Ok(ours), Ok(docker)) if ours == docker => {}
            (Err(ours), Err(docker)) if docker.contains(ours.as_str()) => {}
            _ => wrong.push(format!("{:?}: Docker {docker:?}, we {ours:?}", case.dockerfile)),
        }
        case.runs = docker.ok();
    }
    record("runs.json", &cases);
    complain(&wrong);
}

//! Cases of reading Dockerfiles, and the core's answer to them.

use std::collections::BTreeMap;

use livepush_core::dockerfile::{Command, Dockerfile, Healthcheck, InstructionKind, Word, parse};
use livepush_core::expand::{Budget, expand, expand_words};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Words and what they expand to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Expansions {
    pub(crate) env: BTreeMap<String, String>,
    /// Escape character, word, outcome.
    pub(crate) words: Vec<(char, String, Expanded)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expanded {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

impl Expansions {
    pub(crate) fn answer(&self, escape: char, word: &str) -> Expanded {
        match expand(word, &self.env, escape) {
            Ok(value) => Expanded { value: Some(value), error: None },
            Err(error) => Expanded { value: None, error: Some(error.reason.to_string()) },
        }
    }
}

/// A Dockerfile and the line and words with which Docker refuses it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mistaken {
    pub(crate) dockerfile: String,
    /// The line is 0 where Docker tells none.
    pub(crate) error: Option<(u32, String)>,
}

impl Mistaken {
    pub(crate) fn answer(&self) -> Option<(u32, String)> {
        let file = parse(&self.dockerfile);
        let error = file.errors.first()?;
        let line = u32::try_from(file.index.line(error.span.start)).expect("few lines") + 1;
        Some((line, error.message.clone()))
    }
}

/// A Dockerfile and the config of its image, as far as it sets it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Configured {
    pub(crate) dockerfile: String,
    pub(crate) config: Option<Value>,
}

/// A Dockerfile and what its shell is given to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    pub(crate) dockerfile: String,
    pub(crate) runs: Option<Vec<String>>,
}

impl Running {
    pub(crate) fn answer(&self) -> Result<Vec<String>, String> {
        let file = parse(&self.dockerfile);
        if let Some(error) = file.errors.first() {
            return Err(error.message.clone());
        }
        let run = |kind: InstructionKind| match kind {
            InstructionKind::Run(run) => match run.command {
                Command::Shell(text) => Some(text),
                other => panic!("{other:?}"),
            },
            _ => None,
        };
        Ok(file.instructions.into_iter().filter_map(|one| run(one.kind)).collect())
    }
}

impl Configured {
    pub(crate) fn answer(&self) -> Result<Value, String> {
        let file = parse(&self.dockerfile);
        match file.errors.first() {
            Some(error) => Err(error.message.clone()),
            None => config(&file),
        }
    }
}

/// A stage as far as these cases need it.
#[derive(Clone, Default)]
struct State {
    config: Map<String, Value>,
    env: BTreeMap<String, String>,
    /// What `ENV` alone has set.
    image: Vec<(String, String)>,
    shell: Vec<String>,
}

fn config(file: &Dockerfile) -> Result<Value, String> {
    let mut named: BTreeMap<String, State> = BTreeMap::new();
    let mut globals: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<(Option<String>, State)> = None;
    for instruction in &file.instructions {
        if let InstructionKind::From(from) = &instruction.kind {
            if let Some((Some(name), state)) = current.take() {
                named.insert(name, state);
            }
            let state = named.get(&from.image.text).cloned().unwrap_or_default();
            current = Some((from.name.as_ref().map(|name| name.text.clone()), state));
        } else if let Some((_, state)) = &mut current {
            apply(&instruction.kind, state, &globals, file.escape)?;
        } else if let InstructionKind::Arg(declared) = &instruction.kind {
            for one in declared {
                let value = one.default.as_ref().expect("a default").text.clone();
                globals.insert(one.name.text.clone(), value);
            }
        }
    }
    Ok(Value::Object(current.expect("a stage").1.config))
}

fn apply(
    kind: &InstructionKind,
    state: &mut State,
    globals: &BTreeMap<String, String>,
    escape: char,
) -> Result<(), String> {
    let before = state.env.clone();
    let value =
        |word: &Word| expand(&word.text, &before, escape).map_err(|error| error.reason.to_string());
    match kind {
        InstructionKind::Env(pairs) => {
            for pair in pairs {
                let (key, value) = (value(&pair.key)?, value(&pair.value)?);
                match state.image.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => known.clone_from(&value),
                    None => state.image.push((key.clone(), value.clone())),
                }
                state.env.insert(key, value);
            }
            let line = |(key, value): &(String, String)| json!(format!("{key}={value}"));
            let lines: Vec<Value> = state.image.iter().map(line).collect();
            state.config.insert("Env".into(), Value::Array(lines));
        }
        InstructionKind::Arg(declared) => {
            for one in declared {
                let given = match &one.default {
                    Some(default) => Some(value(default)?),
                    None => globals.get(&one.name.text).cloned(),
                };
                state.env.extend(given.map(|given| (one.name.text.clone(), given)));
            }
        }
        InstructionKind::Label(pairs) => {
            let labels = state.config.entry("Labels").or_insert_with(|| json!({}));
            for pair in pairs {
                labels[value(&pair.key)?] = json!(value(&pair.value)?);
            }
        }
        InstructionKind::Cmd(command) => {
            set_command(state, "Cmd", command);
        }
        InstructionKind::Entrypoint(command) => {
            set_command(state, "Entrypoint", command);
        }
        InstructionKind::Shell(words) => {
            state.shell = words.iter().map(|word| word.text.clone()).collect();
            state.config.insert("Shell".into(), json!(state.shell));
        }
        InstructionKind::User(word) => {
            state.config.insert("User".into(), json!(value(word)?));
        }
        InstructionKind::Stopsignal(word) => {
            state.config.insert("StopSignal".into(), json!(value(word)?));
        }
        InstructionKind::Expose(words) => {
            let ports = state.config.entry("ExposedPorts").or_insert_with(|| json!({}));
            for word in words {
                let expanded = expand_words(&Budget::default(), &word.text, &before, escape)
                    .map_err(|error| error.reason.to_string())?;
                for port in expanded {
                    let port = if port.contains('/') { port } else { format!("{port}/tcp") };
                    ports[port.to_lowercase()] = json!({});
                }
            }
        }
        InstructionKind::Volume(words) => {
            let volumes = state.config.entry("Volumes").or_insert_with(|| json!({}));
            for word in words {
                volumes[value(word)?] = json!({});
            }
        }
        InstructionKind::Healthcheck(check) => {
            let test = match check {
                Healthcheck::None => json!(["NONE"]),
                Healthcheck::Cmd(Command::Shell(text)) => json!(["CMD-SHELL", text]),
                Healthcheck::Cmd(Command::Exec(words)) => {
                    json!([&["CMD".to_owned()], words.as_slice()].concat())
                }
                Healthcheck::Cmd(other) => panic!("{other:?}"),
            };
            state.config.insert("Healthcheck".into(), test);
        }
        _ => {}
    }
    Ok(())
}

fn set_command(state: &mut State, key: &str, command: &Command) {
    match argv(command, &state.shell) {
        Value::Array(words) if words.is_empty() => drop(state.config.remove(key)),
        words => drop(state.config.insert(key.to_owned(), words)),
    }
}

fn argv(command: &Command, shell: &[String]) -> Value {
    match command {
        Command::Exec(words) => json!(words),
        Command::Shell(text) if shell.is_empty() => json!(["/bin/sh", "-c", text]),
        Command::Shell(text) => json!([shell, std::slice::from_ref(text)].concat()),
        other @ Command::Script { .. } => panic!("{other:?}"),
    }
}

/// Whether ours is Docker's mistake; Docker does not always tell the line.
pub(crate) fn same_mistake(ours: Option<&(u32, String)>, docker: Option<&(u32, String)>) -> bool {
    match (ours, docker) {
        (None, None) => true,
        (Some((line, words)), Some((docker_line, docker_words))) => {
            // Docker 26 leaves out the dashes of a flag that it complains of.
            let words = words.replace(": --", ": ").replace("flag --", "flag ");
            let docker_words = docker_words.replace(": --", ": ").replace("flag --", "flag ");
            docker_words.contains(&words) && (*docker_line == 0 || line == docker_line)
        }
        _ => false,
    }
}

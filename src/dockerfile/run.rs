//! `RUN`.

use super::error::Mistake;
use super::flags::{self, Takes};
use super::heredoc;
use super::instruction::{Command, Flag, Run, Word};
use super::mount::Mount;
use super::request::{Request, command};

const FLAGS: [(&str, Takes); 4] = [
    ("mount", Takes::Texts),
    ("network", Takes::Text),
    ("security", Takes::Text),
    ("device", Takes::Texts),
];

pub(super) fn read(request: &Request) -> Result<Run, Mistake> {
    let flags = flags::check(request.flags, &FLAGS)?;
    let mounts = request.flags.iter().filter(|flag| flag.name == "mount").map(mount);
    let one_of = |name: &str, choices: &[&str], message: fn(&str) -> String| {
        one_of(flags.texts(name).pop(), choices, message)
    };
    Ok(Run {
        command: with_heredocs(request),
        mounts: mounts.collect::<Result<_, _>>()?,
        network: one_of("network", &["default", "none", "host"], |value| {
            format!("invalid network mode {value:?}")
        })?,
        security: one_of("security", &["sandbox", "insecure"], |value| {
            format!("security {value:?} is not valid")
        })?,
        devices: flags.texts("device"),
    })
}

fn mount(flag: &Flag) -> Result<Mount, Mistake> {
    Mount::read(flag.value.as_deref().unwrap_or_default(), flag.span).map_err(|message| {
        Mistake::at(flag.span, message, "Write `--mount=type=…,target=…`.".to_owned())
    })
}

fn one_of(
    word: Option<Word>,
    choices: &[&str],
    message: fn(&str) -> String,
) -> Result<Option<Word>, Mistake> {
    match word {
        Some(word) if !choices.contains(&word.text.as_str()) => Err(Mistake::at(
            word.span,
            message(&word.text),
            format!("The choices are {}.", choices.join(", ")),
        )),
        word => Ok(word),
    }
}

/// A heredoc alone is the script itself; any other line goes to the shell together with the bodies.
fn with_heredocs(request: &Request) -> Command {
    let Some(first) = request.heredocs.first() else { return command(&request.node.arguments) };
    let line = &request.node.rest.text;
    if heredoc::mark(line).is_none() {
        let bodies = request.heredocs.iter();
        let bodies = bodies.map(|heredoc| format!("\n{}{}", heredoc.body, heredoc.name));
        return Command::Shell(line.clone() + &bodies.collect::<String>());
    }
    let body = first.contents();
    if first.body.starts_with("#!") {
        Command::Script { name: first.name.clone(), body }
    } else {
        Command::Shell(body)
    }
}

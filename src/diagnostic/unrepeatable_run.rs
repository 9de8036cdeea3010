//! `unrepeatable-run`: a RUN whose result is plainly another one each time.

use super::subject::Subject;
use super::{Diagnostic, Severity};
use crate::dockerfile::{Command, InstructionKind};
use crate::path::base_name;

const EXPLANATION: &str = "A push replays steps so that the container equals a fresh build. What depends on the time or on \
    chance differs from build to build, so the container will differ from the next build, too.";

/// Files of chance.
const FILES: [&str; 3] = ["/dev/urandom", "/dev/random", "/proc/sys/kernel/random"];

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let dropped = subject.live.as_ref().map(|live| live.dropped.as_slice()).unwrap_or_default();
    for (number, instruction) in subject.file.instructions.iter().enumerate() {
        let InstructionKind::Run(run) = &instruction.kind else { continue };
        if dropped.binary_search(&number).is_ok() {
            continue;
        }
        if let Some(cause) = cause(&run.command) {
            let message = format!("`{cause}` gives another result each time.");
            found.push(Diagnostic::new(
                "unrepeatable-run",
                Severity::Information,
                instruction.span,
                message,
                EXPLANATION,
            ));
        }
    }
}

fn cause(command: &Command) -> Option<&'static str> {
    match command {
        Command::Exec(words) => {
            let (program, arguments) = words.split_first()?;
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            differs(base_name(program), &arguments, false)
        }
        Command::Shell(text) | Command::Script { body: text, .. } => in_shell(text),
    }
}

/// Only what plainly stays in the image: chance and time that go into a file or a variable's text.
/// A temporary file, a date of a given moment or a choice among mirrors leave nothing behind.
fn in_shell(text: &str) -> Option<&'static str> {
    if !writes(text) {
        return None;
    }
    let commands = text.split(['\n', ';', '&', '|', '`', '(', ')']);
    let cause = commands.into_iter().find_map(|command| {
        let mut words = command.split_whitespace().skip_while(|word| {
            word.contains('=') || matches!(*word, "{" | "then" | "do" | "else" | "if" | "exec")
        });
        let program = words.next()?;
        differs(base_name(program), &words.collect::<Vec<_>>(), true)
    });
    cause.or_else(|| FILES.into_iter().find(|file| text.contains(file)))
}

/// Whether a script writes to a file itself: what it only shows is not in the image.
fn writes(text: &str) -> bool {
    let redirects = text.split('>').skip(1).any(|behind| {
        let target = behind.trim_start();
        !target.is_empty() && !target.starts_with(['&', '(']) && !target.starts_with("/dev/")
    });
    redirects
        || ["tee", "sed", "dd"].iter().any(|word| text.split_whitespace().any(|one| one == *word))
}

/// Whether a command writes something else each time.
fn differs(program: &str, arguments: &[&str], shell: bool) -> Option<&'static str> {
    match program {
        "date" if shows_now(arguments) => Some("date"),
        "uuidgen"
            if !arguments.iter().any(|one| matches!(*one, "-m" | "-s" | "--md5" | "--sha1")) =>
        {
            Some("uuidgen")
        }
        "openssl" if arguments.first() == Some(&"rand") => Some("openssl rand"),
        "echo" | "printf"
            if shell
                && arguments
                    .iter()
                    .any(|one| one.contains("$RANDOM") || one.contains("${RANDOM}")) =>
        {
            Some("$RANDOM")
        }
        _ => None,
    }
}

/// Whether `date` is asked for the present: not for another moment, a file's time, or to set it.
fn shows_now(arguments: &[&str]) -> bool {
    let other = |one: &&str| {
        let long = ["--date", "--reference", "--set", "--file", "--help", "--version"];
        let short = one.starts_with('-')
            && !one.starts_with("--")
            && one.contains(['d', 'r', 's', 'f', 'j', 'v']);
        short || long.iter().any(|option| one.starts_with(option))
    };
    !arguments.iter().any(other)
}

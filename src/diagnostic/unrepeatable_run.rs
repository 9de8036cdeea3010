//! `unrepeatable-run`: a RUN whose result is plainly another one each time.

use super::subject::Subject;
use super::{Diagnostic, Severity};
use crate::dockerfile::{Command, InstructionKind};
use crate::path::base_name;

const EXPLANATION: &str = "A push replays steps so that the container equals a fresh build. What depends on the time or on \
    chance differs from build to build, so the container will differ from the next build, too.";

/// Commands whose output is never the same, and what a shell calls chance.
const COMMANDS: [&str; 4] = ["date", "uuidgen", "shuf", "mktemp"];
const TEXTS: [&str; 5] =
    ["$RANDOM", "${RANDOM}", "/dev/urandom", "/dev/random", "/proc/sys/kernel/random"];

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
            let name = base_name(words.first()?);
            COMMANDS.into_iter().find(|command| *command == name)
        }
        Command::Shell(text) | Command::Script { body: text, .. } => {
            let text_in = TEXTS.into_iter().find(|one| text.contains(one));
            text_in.or_else(|| COMMANDS.into_iter().find(|command| runs(text, command)))
        }
    }
}

/// Whether the word stands where a shell looks for a command.
fn runs(script: &str, command: &str) -> bool {
    script.match_indices(command).any(|(at, _)| {
        let before = script[..at].trim_end_matches([' ', '\t']);
        let after = script[at + command.len()..].chars().next();
        let begins = before.is_empty() || before.ends_with([';', '&', '|', '(', '`', '\n', '{']);
        let ends =
            after.is_none_or(|ch| ch.is_whitespace() || matches!(ch, ';' | '&' | '|' | ')' | '`'));
        begins && ends
    })
}

//! `entrypoint-swallows-command`: an ENTRYPOINT because of which the live command does not run.

use std::collections::HashMap;

use super::subject::Subject;
use super::{Diagnostic, Severity};
use crate::dockerfile::{Command, From, Instruction, InstructionKind, Span};
use crate::path::base_name;

const CODE: &str = "entrypoint-swallows-command";
const SHELL: &str = "A shell-form ENTRYPOINT ignores CMD, so the live command never runs. Write the ENTRYPOINT in JSON \
    form with a script that ends in `exec \"$@\"`, or make it a CMD.";
const EXEC: &str = "CMD is given to an exec-form ENTRYPOINT as arguments. That is right for a script that ends in \
    `exec \"$@\"`; a program of its own would take the live command for its arguments. Make it a CMD then.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let Some(command) = subject.live_command() else { return };
    let Some((span, entrypoint)) = effective(subject, subject.stage_at(command.span.start)) else {
        return;
    };
    let (severity, message, explanation) = match entrypoint {
        Entrypoint::Shell => {
            (Severity::Warning, "The live command never runs behind this ENTRYPOINT.", SHELL)
        }
        Entrypoint::Program => (
            Severity::Information,
            "The live command becomes an argument of this ENTRYPOINT.",
            EXEC,
        ),
        Entrypoint::PassesOn => return,
    };
    found.push(
        Diagnostic::new(CODE, severity, span, message, explanation)
            .related(command.span, "The live command"),
    );
}

#[derive(Clone, Copy)]
enum Entrypoint {
    /// It ignores the command.
    Shell,
    /// It may be the application itself.
    Program,
    /// It is there to run the command, or there is none.
    PassesOn,
}

/// The entrypoint of a stage: its own, that of the stage it is made from, or the image's.
fn effective(subject: &Subject, stage: &[Instruction]) -> Option<(Span, Entrypoint)> {
    let first = stage.first()?;
    // Of each stage that is there so far: its FROM, and the entrypoint that it comes to.
    let mut known: HashMap<&str, Option<(Span, Entrypoint)>> = HashMap::new();
    let mut at: Option<(&str, Option<(Span, Entrypoint)>)> = None;
    for instruction in &subject.file.instructions {
        match &instruction.kind {
            InstructionKind::From(from) => {
                known.extend(at.take());
                let base = match known.get(&*from.image.text) {
                    Some(parent) => *parent,
                    None => of_image(subject, from),
                };
                at = Some((from.name.as_ref().map_or("", |name| &name.text), base));
            }
            InstructionKind::Entrypoint(command) => {
                let own = Some((instruction.span, judge(command)));
                at = at.map(|(name, _)| (name, own));
            }
            _ => {}
        }
        if instruction.span == stage.last().unwrap_or(first).span {
            break;
        }
    }
    at?.1
}

fn of_image(subject: &Subject, from: &From) -> Option<(Span, Entrypoint)> {
    let image = &from.image;
    let (_, words) = subject.options.entrypoints.iter().find(|(name, _)| *name == image.text)?;
    Some((image.span, judge(&Command::Exec(words.clone()))))
}

fn judge(command: &Command) -> Entrypoint {
    let words = match command {
        Command::Shell(text) if text.trim().is_empty() => return Entrypoint::PassesOn,
        Command::Shell(_) | Command::Script { .. } => return Entrypoint::Shell,
        Command::Exec(words) => words,
    };
    let Some(program) = words.first() else { return Entrypoint::PassesOn };
    let name = base_name(program);
    // An image's shell-form ENTRYPOINT is recorded like this.
    if words.len() > 2 && words[1] == "-c" && name.ends_with("sh") {
        return Entrypoint::Shell;
    }
    let passes_on = name.contains("entrypoint")
        || has_extension(name, "sh")
        || matches!(
            name,
            "tini" | "dumb-init" | "catatonit" | "docker-init" | "init" | "env" | "gosu"
        );
    if passes_on { Entrypoint::PassesOn } else { Entrypoint::Program }
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

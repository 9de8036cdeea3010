//! `invalid-directive`: the instruction that a directive becomes is none that Docker takes.

use super::subject::Subject;
use super::{Diagnostic, Severity};
use crate::directive::Directive;
use crate::dockerfile::parse;

const EXPLANATION: &str = "The value is put behind RUN, COPY, ENV or CMD as it is, so it has to be what that \
    instruction takes, on one line.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    for directive in &subject.directives {
        let Some(candidate) = subject.candidate(directive.span) else { continue };
        if let Some(message) = complaint(directive, subject.file.escape) {
            found.push(Diagnostic::new(
                "invalid-directive",
                Severity::Error,
                candidate.value_span,
                message,
                EXPLANATION,
            ));
        }
    }
}

fn complaint(directive: &Directive, escape: char) -> Option<String> {
    let instruction = format!("{} {}", directive.kind.instruction(), directive.value);
    let file = parse(&format!("# escape={escape}\nFROM scratch\n{instruction}\n"));
    let name = directive.kind.name();
    let heredoc = file.instructions.iter().any(|instruction| !instruction.heredocs.is_empty());
    if heredoc {
        return Some(format!("`#{name}=` cannot hold a heredoc, as it is one line."));
    }
    let error = file.errors.first()?;
    Some(format!("`#{name}=` becomes an instruction that Docker refuses: {}.", error.message))
}

//! `definition-comment`: a directive right above an ARG or a named FROM, where `BuildKit`'s experimental checks
//! expect a description.

use super::subject::Subject;
use super::{Diagnostic, Edit, Severity};
use crate::dockerfile::InstructionKind;

const EXPLANATION: &str = "With experimental checks, BuildKit takes the comment above an ARG or a named FROM for its \
    description and complains (InvalidDefinitionDescription). A blank line between them helps.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let experimental = subject
        .file
        .directives
        .iter()
        .any(|directive| directive.name == "check" && directive.value.contains("experimental"));
    if !experimental {
        return;
    }
    for directive in &subject.directives {
        let Some(below) = subject.instruction_on(directive.line + 1) else { continue };
        let described = match &below.kind {
            InstructionKind::Arg(_) => true,
            InstructionKind::From(from) => from.name.is_some(),
            _ => false,
        };
        if described {
            let message =
                format!("BuildKit takes this for the description of the {}.", below.keyword);
            found.push(
                Diagnostic::new(
                    "definition-comment",
                    Severity::Hint,
                    directive.span,
                    message,
                    EXPLANATION,
                )
                .fix("Insert a blank line", vec![Edit::insert(directive.span.end, "\n")]),
            );
        }
    }
}

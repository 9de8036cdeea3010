//! `cut-stage`: stages below the one with the live command.

use super::subject::Subject;
use super::{Diagnostic, Severity};
use crate::dockerfile::Span;

const EXPLANATION: &str = "The stage with the live command is the last one of the live Dockerfile. Directives and \
    instructions of the stages below it count only for the production image.";

pub(super) fn check(subject: &Subject, found: &mut Vec<Diagnostic>) {
    let (Ok(_), Some(command)) = (&subject.live, subject.live_command()) else { return };
    let below = subject.file.instructions.iter().filter(|instruction| {
        instruction.keyword == "FROM" && instruction.span.start > command.span.start
    });
    for from in below {
        let stage = subject.stage_at(from.span.start);
        let span =
            Span::new(from.span.start, stage.last().map_or(from.span.end, |one| one.span.end));
        let message = format!(
            "This stage is not part of the live Dockerfile: line {} has the live command.",
            command.line
        );
        found.push(
            Diagnostic::new("cut-stage", Severity::Hint, span, message, EXPLANATION)
                .related(command.span, "The live command")
                .unnecessary(),
        );
    }
}
